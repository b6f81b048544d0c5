"""Files nobody here drew, annotated and timed: the figures hold together whatever the drawing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bpmn import Duration, GovTime, Model, UnreadableFile, read, write

#: Folders of the public material; pairs holds models with a log beside them.
FOLDERS = ("bpmn/ukhomeoffice", "bpmn/miwg/Reference", "bpmn/cr-connect", "bpmn/digiwf", "bpmn/formsflow", "pairs")

HOUR = GovTime(part="work", distribution="fixed", mean=Duration(seconds=3600), source="estimate")


def readable(folder: Path) -> Iterator[Model]:
    for path in sorted(folder.rglob("*.bpmn")):
        try:
            yield read(path)
        except UnreadableFile:
            continue


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_hour_at_every_step_of_a_real_file_gives_figures_that_add_up(run, shared, tmp_path, folder):
    timed = 0
    for model in readable(shared / folder):
        steps = tuple(node.evolve(times=(HOUR,)) if node.is_step else node for node in model.nodes)
        file = tmp_path / "annotated.bpmn"
        file.write_bytes(write(model.evolve(nodes=steps)))

        answer = run("time", file, "--cases", 40, "--json")

        if answer.code == 1:  # not sound, or it holds what is refused by name
            assert answer.err.startswith(str(file))
            continue
        assert answer.code in (0, 2), answer.err
        if answer.code == 0:
            timed += 1
            figures = answer.json
            path = figures["path"]
            parts = sum(path[part] for part in ("work_s", "wait_s", "queue_s", "closed_s", "other_s"))
            assert parts == pytest.approx(figures["elapsed_calendar_s"]["mean"])
            done = sum(step["times_per_case"] * (step["work_s"] > 0) for step in figures["steps"])
            work = sum(step["work_s"] for step in figures["steps"])
            assert work <= done * 3600 * (1 + 1e-6)  # less where an event ends a step before its hour is over
            assert work >= figures["work_s"]["mean"] * (1 - 1e-6)
    assert timed >= 1
