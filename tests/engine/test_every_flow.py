"""A case of each procedure of the library runs to its end, by people and by messages from outside."""

from pathlib import Path

import pytest

from tests.engine.offices import Town

FILES = sorted((Path(__file__).resolve().parents[2] / "flows").glob("*/*.bpmn"))
#: More commands than any of them needs.
MOST = 200


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_case_of_a_procedure_runs_to_its_end(office: Town, file: Path) -> None:
    row = office.engine.install(file.read_bytes(), {}, office.now)
    case = office.do("start", procedure=row.process).case
    worker = office.worker()

    for _ in range(MOST):
        with office.store.reading() as reading:
            items, waits = reading.items(case=case), reading.waits(case)
        if items:
            # Steps that are kept apart are done by different people: here each by its own.
            office.do("complete", item=items[0].id, by=f"人{items[0].element}")
        elif waits:
            office.do("message", case=case, name=waits[0].name)
        elif not worker.step():
            break

    assert office.case(case).state == "completed"
    assert office.jobs(case) == []
    assert office.kinds(case)[-1] == "ended"
