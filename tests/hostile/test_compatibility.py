"""The page of counted files says what is counted today."""

import subprocess
import sys


def test_the_page_says_what_the_files_give(shared, root):
    page = (root / "docs" / "reference" / "compatibility.md").read_text()

    call = [sys.executable, "-m", "benchmarks.compatibility", str(shared / "bpmn")]
    counted = subprocess.run(call, cwd=root, capture_output=True, text=True, check=True).stdout

    assert counted in page, "stale: run python -m benchmarks.compatibility FOLDER docs/reference/compatibility.md"
