"""What a command loads before it does anything, and whose the top-level names are."""

import importlib.metadata
import subprocess
import sys

import pytest

HEAVY = {"lark", "networkx", "numpy", "numba", "jinja2"}


def loaded_by(*arguments: str) -> set[str]:
    script = (
        "import sys\n"
        "from zaizao.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        "print('\\n'.join(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_loads_nothing_heavy():
    assert not HEAVY & loaded_by("--help")


def test_help_of_every_command_loads_nothing_heavy():
    for command in ("check", "draw", "time", "compare", "study", "flows", "org"):
        assert not HEAVY & loaded_by(command, "--help"), command


def test_check_of_one_file_loads_nothing_heavy(root):
    assert not HEAVY & loaded_by("check", str(root / "flows" / "business-start-up" / "as-is.bpmn"))


@pytest.mark.parametrize("name", ["analysis", "bpmn", "flows", "org", "reports", "zaizao"])
def test_top_level_name_is_ours_alone(name):
    owners = importlib.metadata.packages_distributions().get(name, ["zaizao"])

    assert set(owners) == {"zaizao"}
    assert name not in sys.stdlib_module_names
