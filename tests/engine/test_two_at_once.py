"""Two clerks at once: one is accepted, the other is refused by name, and nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bpmn.build import build
from engine.errors import AlreadyClaimed, AlreadyCompleted, ClaimedByAnother, ItemWithdrawn
from tests.engine.offices import Town


def both(office: Town, *commands: tuple[str, dict[str, object]]) -> list[object]:
    """What came of some commands that are given at the same moment: an answer or a refusal each."""
    together = Barrier(len(commands))

    def give(command: tuple[str, dict[str, object]]) -> object:
        together.wait()
        try:
            return office.do(command[0], **command[1])
        except Exception as refusal:
            return refusal

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(give, commands))


@pytest.mark.parametrize(
    ("what", "refusals"),
    [
        (("complete", "complete"), {AlreadyCompleted}),
        (("claim", "claim"), {AlreadyClaimed}),
        (("claim", "complete"), {AlreadyCompleted, ClaimedByAnother}),
        (("complete", "return"), {AlreadyCompleted, ItemWithdrawn}),
    ],
)
def test_one_is_accepted_and_the_other_refused_by_name(
    everywhere: Town, what: tuple[str, str], refusals: set[type[Exception]]
) -> None:
    row = everywhere.install(build("p").start().step("a").step("b").step("c").end())
    for _ in range(5):
        case = everywhere.do("start", procedure=row.digest).case
        everywhere.do("complete", item=everywhere.item(case).id)
        item = everywhere.item(case).id

        said = both(everywhere, *((one, {"item": item, "by": f"{one}{n}", "to": "a"}) for n, one in enumerate(what)))

        refused = [one for one in said if isinstance(one, Exception)]
        assert len(refused) == 1
        assert type(refused[0]) in refusals
        assert everywhere.kinds(case, "b").count("completed") <= 1


def test_one_key_from_many_has_one_effect_and_one_answer(everywhere: Town) -> None:
    case = everywhere.start(build("p").start().step("a").step("b").end())
    item = everywhere.item(case).id

    said = both(everywhere, *[("complete", {"item": item, "key": "k"})] * 6)

    assert len({answer.text for answer in said}) == 1
    assert everywhere.kinds(case, "a").count("completed") == 1
