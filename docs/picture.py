"""Draw docs/pictures/report.png anew: the first page of the report of business-start-up, as it prints.

Needs `chromium` and `pdftoppm` (poppler-utils) on the path; run `python docs/picture.py` in the checkout.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURE = Path(__file__).parent / "pictures" / "report.png"

#: Pixels across: sharp on a page of text, and still a small file.
WIDTH = 960


def main() -> None:
    """Make the report, print it, and keep its first page as a picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(Path(sys.executable).with_name("zaizao"), "study", "business-start-up", "-o", str(folder), "--lang", "zh")
        browser = ["chromium", "--headless", "--disable-gpu", f"--user-data-dir={folder / 'browser'}"]
        # A browser started by the superuser works only without its sandbox; the page is our own.
        browser += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        page, printed = folder / "report.html", folder / "report.pdf"
        run(*browser, "--no-pdf-header-footer", f"--print-to-pdf={printed}", page.as_uri())
        run("pdftoppm", "-png", "-singlefile", "-scale-to-x", str(WIDTH), "-scale-to-y", "-1", printed, folder / "page")
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_bytes((folder / "page.png").read_bytes())
    print(f"{PICTURE}: {PICTURE.stat().st_size // 1024} KiB")


def run(*command: object) -> None:
    """Run a program quietly; stop with its message where it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr or f"{command[0]} failed")


if __name__ == "__main__":
    main()
