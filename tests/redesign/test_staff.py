"""The people a unit needs so that what arrives does not wait long."""

import pytest

from bpmn.build import build
from redesign import MOST_USE, people, staff_needed


def permit(arrivals, *, work="PT1H", staff=None, hours=None):
    """One office that works so long on each case."""
    builder = build("permit", arrivals_per_day=arrivals, calendar="none") if arrivals else build("permit")
    said = {name: value for name, value in (("staff", staff), ("hours", hours)) if value is not None}
    return builder.lane("office", **said).start().step("look", work=work).end().model


@pytest.mark.parametrize(
    ("arrivals", "needed"),
    [(5.6, 1), (5.7, 2), (7, 2), (70, 13)],
    ids=["80 % of seven hours", "a little more", "all day", "ten people busy"],
)
def test_the_smallest_number_busy_for_80_per_cent(arrivals, needed):
    (office,) = staff_needed(permit(arrivals))

    assert office.needed == needed
    assert office.busy == pytest.approx(arrivals / 7)
    assert office.busy <= MOST_USE * office.needed


def test_it_does_not_depend_on_the_people_who_are_there():
    (office,) = staff_needed(permit(70, staff=2))

    assert (office.needed, office.staff) == (13, 2)


def test_without_arrivals_nobody_can_say():
    assert staff_needed(permit(None)) is None
    assert people(None) is None


def test_rounds_and_shares_count():
    builder = build("permit", arrivals_per_day=7, calendar="none").lane("office").start()
    builder.exclusive("rare").branch(0.1).step("visit", work="PT7H").branch(0.9).join("met")

    (office,) = staff_needed(builder.end().model)

    assert office.busy == pytest.approx(0.7)


def test_automatic_work_needs_nobody():
    builder = build("permit", arrivals_per_day=70, calendar="none").lane("office").start()

    (office,) = staff_needed(builder.step("look", automatic=True, work="PT7H").end().model)

    assert office.needed == 0
