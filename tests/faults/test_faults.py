"""Every fault in its short form; `make faults` causes them at full size and prints the figures."""

import pytest

from tests.faults.all import FAULTS
from tests.faults.faults import POSTGRESQL, CannotRun, Fault
from tests.faults.ground import Ground

CASES = [
    pytest.param(fault, kind, id=f"{fault.name} on {kind}", marks=[pytest.mark.postgres] if kind == POSTGRESQL else [])
    for fault in FAULTS.values()
    for kind in fault.on
]


@pytest.mark.parametrize(("fault", "ground"), CASES, indirect=["ground"])
def test_what_must_hold_holds(fault: Fault, ground: Ground) -> None:
    try:
        figure = fault.cause(ground, **fault.short)
    except CannotRun as reason:
        pytest.skip(str(reason))

    assert figure.holds, figure.text
