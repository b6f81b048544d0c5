"""Fuzz the readers one after the other: `python -m tests.fuzz [SECONDS [NAME ...]]`, 60 seconds each by default.

What was learned is kept in .fuzz/ for the next time; an input that breaks a promise is saved there too and becomes a
test in tests/hostile/test_found.py.
"""

import subprocess
import sys
from pathlib import Path

from tests.hostile.families import FAMILIES

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("file", "drawing", "decisions", "expression")
EXPRESSIONS = (
    '金额 > 3 and not(状态 = "完")',
    "${a.b == 'x' && !c}",
    "=sum([1, 2]) + 1",
    "if a then b else c",
    "[1..3)",
)
TABLE = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="a" '
    b'name="a"><decisionTable hitPolicy="UNIQUE"><input id="i"><inputExpression typeRef="number"><text>x</text>'
    b'</inputExpression></input><output id="o" typeRef="string"/><rule id="r"><inputEntry><text>&gt; 3</text>'
    b'</inputEntry><outputEntry><text>"y"</text></outputEntry></rule></decisionTable></decision></definitions>'
)


def seeds(name: str) -> list[bytes]:
    """What a target begins with."""
    if name == "expression":
        return [text.encode() for text in EXPRESSIONS]
    if name == "decisions":
        return [TABLE]
    return [family(3) for family in FAMILIES.values()]


def main(seconds: str = "60", *names: str) -> int:
    """Give each target its time; 1 where one found something."""
    found = 0
    for name in names or NAMES:
        folder = ROOT / ".fuzz" / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds(name)):
            (folder / f"seed-{number}").write_bytes(seed)
        call = [sys.executable, "-m", "tests.fuzz.target", name, str(folder), seconds]
        found |= subprocess.run(call, cwd=ROOT, check=False).returncode != 0
    return int(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
