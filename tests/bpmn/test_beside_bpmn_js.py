"""Our pictures beside those of bpmn-js, where that is installed: no shape missing or misplaced."""

import os
import shutil
from pathlib import Path

import pytest

from benchmarks.beside_bpmn_js import differences
from bpmn.build import build
from bpmn.layout import lay_out
from bpmn.write import write


@pytest.fixture(scope="module")
def tools(root: Path) -> tuple[Path, str]:
    """Give the folder of npm packages with bpmn-js in it and a browser, or skip where one is not there."""
    modules = Path(os.environ.get("NODE_MODULES") or root / "node_modules")
    if not (modules / "bpmn-js").is_dir():
        pytest.skip("needs bpmn-js: npm install bpmn-js, and NODE_MODULES naming the folder node_modules")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("needs a browser to run bpmn-js in: chromium or google-chrome")
    return modules, browser


def test_no_shape_is_missing_beside_bpmn_js(tools: tuple[Path, str], tmp_path: Path) -> None:
    builder = build("p", name="许可").pool("单位").lane("窗口").start("s", event="message").step("a", name="审查")
    builder.exclusive("g").branch(0.5).step("b", task="userTask").branch(0.5).call("c", "other").close()
    model = builder.boundary("late", "timer", "P1D", on="b").end("x", event="error").at("g").end("e").model
    path = tmp_path / "all.bpmn"
    path.write_bytes(write(lay_out(model)))

    count, found = differences(path, *tools)

    assert found == []
    assert count == len(lay_out(model).shapes)


@pytest.mark.parametrize("name", ["bpmn/miwg/Reference/B.2.0.bpmn"])
def test_no_shape_of_a_public_file_is_missing_beside_bpmn_js(tools: tuple[Path, str], shared: Path, name: str) -> None:
    count, found = differences(shared / name, *tools)

    assert found == []
    assert count > 50
