"""What a folder of BPMN files of many tools makes of the reader, the check and the drawing, as docs/reference says it.

`python -m benchmarks.compatibility FOLDER [PAGE]` counts each folder inside it and writes the tables into the page
between its marks; without a page it prints them. Where FOLDER has a neighbour expect/betsy_tests.json, the files in its
list `must_be_rejected` are counted too.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bpmn import UnreadableFile, read
from bpmn.check import check
from bpmn.drawing import draw

#: What a BPMN file is called.
ENDINGS = (".bpmn", ".xml")
_BEGIN, _END = "<!-- counted: begin -->\n", "<!-- counted: end -->\n"


@dataclass(kw_only=True)
class Counts:
    """What became of the files of one folder."""

    files: int = 0
    #: Files refused at reading, by problem and rule.
    refused: Counter[str] = field(default_factory=Counter)
    #: Files that can be read and have errors, or only warnings.
    with_errors: int = 0
    with_warnings: int = 0
    errors: int = 0
    warnings: int = 0
    drawn: int = 0

    @property
    def readable(self) -> int:
        """Files that were read."""
        return self.files - self.refused.total()


def count(folder: Path) -> Counts:
    """Read, check and draw every file below a folder."""
    counts = Counts()
    for path in files_of(folder):
        counts.files += 1
        try:
            model = read(path)
        except UnreadableFile as error:
            counts.refused[f"{error.problem.problem}/{error.problem.rule}"] += 1
            continue
        found = Counter(problem.severity for problem in check(model))
        counts.errors += found["error"]
        counts.warnings += found["warning"]
        counts.with_errors += found["error"] > 0
        counts.with_warnings += found["error"] == 0 and found["warning"] > 0
        counts.drawn += draw(model).startswith("<svg")
    return counts


def files_of(folder: Path) -> list[Path]:
    """Every BPMN file below a folder, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS and path.is_file())


def row(name: str, counts: Counts) -> str:
    """One line of the table."""
    figures = (
        counts.files,
        counts.readable,
        counts.with_errors,
        counts.with_warnings,
        counts.errors,
        counts.warnings,
        counts.drawn,
    )
    reasons = ", ".join(f"{rule} {n}" for rule, n in sorted(counts.refused.items()))
    return "| " + " | ".join((name, *map(str, figures), reasons)) + " |\n"


def table(folder: Path) -> str:
    """The table of all folders and, where it is known what must be refused, of that."""
    lines = [
        "| folder | files | read | with errors | only warnings | errors | warnings | drawn | refused at reading |\n",
        "|---|---|---|---|---|---|---|---|---|\n",
    ]
    lines += [row(inner.name, count(inner)) for inner in sorted(folder.iterdir()) if inner.is_dir()]
    expected = folder.parent / "expect" / "betsy_tests.json"
    if expected.is_file():
        lines += ["\n", *_rejections(folder, json.loads(expected.read_text())["must_be_rejected"])]
    return "".join(lines)


def _rejections(folder: Path, names: list[str]) -> list[str]:
    paths = [folder / "betsy" / name.removeprefix("betsy/") for name in names]
    accepted = [path for path in paths if path.is_file() and not is_refused(path)]
    there = sum(path.is_file() for path in paths)
    share = 100 * (there - len(accepted)) / there if there else 0.0
    lines = [f"Of {there} files that a conforming engine must refuse, {there - len(accepted)} are: {share:.0f} %.\n"]
    if accepted:
        lines += ["Not refused:\n", "\n", *(f"- `{path.stem}`\n" for path in accepted)]
    return lines


def is_refused(path: Path) -> bool:
    """Whether a file cannot be read or has an error."""
    try:
        model = read(path)
    except UnreadableFile:
        return True
    return any(problem.severity == "error" for problem in check(model))


def main(folder: str, page: str = "") -> None:
    """Print the tables, or put them into a page."""
    made = table(Path(folder))
    if not page:
        print(made, end="")
        return
    text = Path(page).read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    Path(page).write_text(f"{before}{_BEGIN}{made}{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
