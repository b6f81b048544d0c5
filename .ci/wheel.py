"""Build the wheel, install it into a clean environment and use it in an empty folder, as a new user would."""

import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("analysis", "bpmn", "engine", "flows", "org", "redesign", "reports", "store", "zaizao")


def expected_files() -> set[str]:
    """Every tracked file below the packages; each of them must be in the wheel."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(listed.stdout.split("\n")) - {""}


def build(folder: Path) -> Path:
    """Build the wheel into the folder."""
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


def check_contents(wheel: Path) -> None:
    """Compare the wheel's files with the folders, in both directions."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    missing, foreign = expected_files() - packed, packed - expected_files()
    if missing or foreign:
        sys.exit(f"the wheel lacks {sorted(missing)} and brings {sorted(foreign)}")


def use(wheel: Path, folder: Path) -> None:
    """Install the wheel alone and run the main job in an empty folder."""
    venv.create(folder / "venv", with_pip=True)
    binary = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    install = [binary / "python", "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel]
    subprocess.run(install, check=True)
    empty = folder / "empty"
    empty.mkdir()
    for arguments in (
        ["flows"],
        ["study", "business-start-up", "-o", "out", "--cases", "500"],
        ["find", "out/to-be.bpmn"],
        ["redesign", "out/proposal.bpmn", "--undo", "-o", "as-is.bpmn"],
        ["org", "due", "2026-09-25", "3", "workday"],
        ["case", "start", "food-safety", "--as", "值班员"],
        ["db", "upgrade"],
        ["db", "verify"],
    ):
        subprocess.run([binary / "zaizao", *arguments], check=True, cwd=empty, stdout=subprocess.DEVNULL)
    report = (empty / "out" / "report.html").read_text(encoding="utf-8")
    if "<svg" not in report:
        sys.exit("the report written from the wheel has no diagram")


def main() -> None:
    """Do all three."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        check_contents(wheel)
        use(wheel, folder)
    print(f"wheel: {len(expected_files())} files, installed and run in an empty folder")


if __name__ == "__main__":
    main()
