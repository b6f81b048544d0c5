import pytest

from bpmn.build import Builder, build
from bpmn.model import Model
from reports.matching import are_related, later, match


def chain(*steps: str, **values: dict) -> Model:
    """Steps one after another; a name given as `id@unit` puts a step into a lane."""
    builder = build("p").start("s")
    for step in steps:
        name, _, unit = step.partition("@")
        builder = builder.lane(unit or "office").step(name, name=name, **values.get(name, {}))
    return builder.end("end").model


def told(before: Model, after: Model) -> list[tuple[str, tuple[str, ...], tuple[str, ...], str]]:
    changes = match(before, after)
    for steps, sides in ((before, "before"), (after, "after")):
        listed = [step for change in changes for step in getattr(change, sides)]
        assert sorted(listed) == sorted(node.id for node in steps.nodes if node.is_step)
    return [(change.kind, change.before, change.after, change.by) for change in changes]


def test_a_file_is_matched_with_itself():
    model = chain("a", "b", "c")

    assert told(model, model) == [("kept", (step,), (step,), "id") for step in "abc"]


def test_steps_come_and_go():
    assert told(chain("a", "b", "c"), chain("a", "x", "c")) == [
        ("kept", ("a",), ("a",), "id"),
        ("removed", ("b",), (), ""),
        ("kept", ("c",), ("c",), "id"),
        ("new", (), ("x",), ""),
    ]


def test_other_ids_are_matched_by_name_and_unit():
    before, after = (
        chain("a", "b"),
        build("p").start("s").lane("office").step("1", name="a").step("2", name="b").end().model,
    )

    assert told(before, after) == [("kept", ("a",), ("1",), "name"), ("kept", ("b",), ("2",), "name")]


def test_names_are_alike_however_their_lines_are_broken_and_units_by_name_where_a_code_is_missing():
    before = build("p").start("s").lane("tax", code="1").step("1", name="窗口\n收件").end().model
    after = build("p").start("s").lane("tax").step("2", name="窗口收件").end().model

    assert told(before, after) == [("kept", ("1",), ("2",), "name")]


def test_equal_names_in_other_units_are_not_the_same_step():
    before = build("p").start("s").lane("tax").step("1", name="check").end().model
    after = build("p").start("s").lane("police").step("2", name="check").end().model

    assert [change[0] for change in told(before, after)] == ["removed", "new"]


def test_equal_names_in_one_unit_are_matched_in_their_order():
    before = build("p").start("s").lane("tax").step("1", name="check").step("2", name="check").end().model
    after = build("p").start("s").lane("tax").step("3", name="check").step("4", name="check").end().model

    assert [change[1:3] for change in told(before, after)] == [(("1",), ("3",)), (("2",), ("4",))]


def test_steps_without_a_name_are_not_matched_by_it():
    before = build("p").start("s").step("1").end().model
    after = build("p").start("s").step("2").end().model

    assert [change[0] for change in told(before, after)] == ["removed", "new"]


def test_several_steps_replaced_by_one_are_merged():
    after = chain("a", "x", x={"replaces": ["b", "c"]})

    assert told(chain("a", "b", "c"), after)[1:] == [("merged", ("b", "c"), ("x",), "replaces")]


def test_a_step_that_keeps_its_id_may_swallow_others():
    after = chain("a", "b", b={"replaces": ["b", "c", "d"]})

    assert told(chain("a", "b", "c", "d"), after)[1:] == [("merged", ("b", "c", "d"), ("b",), "id")]


def test_a_step_that_keeps_its_id_may_have_been_split():
    after = chain("a", "b", "x", x={"replaces": ["b"]})

    assert told(chain("a", "b"), after) == [("kept", ("a",), ("a",), "id"), ("kept", ("b",), ("b", "x"), "id")]


def test_a_step_that_was_split_stands_for_all_its_parts():
    after = chain("x", "y", x={"replaces": ["a"]}, y={"replaces": ["a"]})

    assert told(chain("a"), after) == [("kept", ("a",), ("x", "y"), "replaces")]


def test_files_given_the_other_way_round_are_matched_too():
    to_be, as_is = chain("a", "x", x={"replaces": ["b", "c"]}), chain("a", "b", "c")

    assert told(to_be, as_is)[1:] == [("kept", ("x",), ("b", "c"), "replaces")]


def test_another_unit_moves_a_step_and_the_same_code_does_not():
    def at(unit: str, code: str) -> Model:
        return build("p").start("s").lane(unit, code=code).step("a", name="a").end("e").model

    assert told(at("tax", ""), at("police", ""))[0][0] == "moved"
    assert told(at("tax", "1"), at("tax office", "1"))[0][0] == "kept"
    assert told(at("tax", "1"), at("tax", "2"))[0][0] == "moved"
    assert told(at("tax", "1"), at("tax", ""))[0][0] == "kept"


def in_parallel(first: str, *branches: str, last: str = "") -> Builder:
    builder = build("p").start("s").lane("office").step(first, name=first).parallel("g")
    for branch in branches:
        builder = builder.branch()
        for step in branch:
            builder = builder.step(step, name=step)
    builder = builder.join("j")
    return builder.step(last, name=last) if last else builder


def kinds(before: Model, after: Model) -> dict[str, str]:
    return {"".join(change[1]): change[0] for change in told(before, after)}


def test_steps_that_became_parallel_moved_and_those_around_them_did_not():
    after = in_parallel("a", "b", "c", "d", last="e").end("end").model

    assert kinds(chain("a", "b", "c", "d", "e"), after) == {
        "a": "kept", "b": "moved", "c": "moved", "d": "moved", "e": "kept"
    }  # fmt: skip


def test_one_step_beside_many_moved_alone():
    after = in_parallel("a", "bcd", "x", last="e").end("end").model

    assert kinds(chain("a", "x", "b", "c", "d", "e"), after)["x"] == "moved"
    assert set(kinds(chain("a", "x", "b", "c", "d", "e"), after).values()) == {"moved", "kept"}
    assert kinds(chain("a", "x", "b", "c", "d", "e"), after)["c"] == "kept"


def test_a_step_put_first_moved_alone():
    assert kinds(chain("a", "b", "c", "d"), chain("d", "a", "b", "c")) == {
        "a": "kept", "b": "kept", "c": "kept", "d": "moved"
    }  # fmt: skip


def test_a_removed_step_moves_no_other():
    assert set(kinds(chain("a", "b", "c"), chain("a", "c")).values()) == {"kept", "removed"}


def test_order_is_that_of_a_case_that_takes_no_loop_back():
    builder = build("p").start("s").step("a").exclusive("g").branch(0.2).step("b").to("a").branch(0.8).close()
    model = builder.sub_process("f").start("s2").step("c").end("e2").close().step("d").end("e").model

    masks = later(model, ["a", "b", "c", "d"])

    assert masks == [0b1110, 0b0000, 0b1000, 0b0000]


@pytest.mark.parametrize("same", [True, False])
def test_order_reaches_from_pool_to_pool(same):
    builder = build("p", pool="office").start("s").step("a").end("e").pool("bank", process="q").start("s2").step("b")
    builder = builder.end("e2")
    model = builder.message("a", "s2").model if same else builder.model

    assert later(model, ["a", "b"])[0] == (0b10 if same else 0)


@pytest.mark.parametrize(
    ("before", "after", "related"),
    [
        (chain("a", "b"), chain("x", "y"), False),
        (chain("a", "b"), chain("b", "y"), True),
        (chain("a"), chain("x", x={"replaces": ["a"]}), True),
        (chain(), chain(), True),
    ],
    ids=["nothing in common", "one step in common", "replaced", "the same file without a step"],
)
def test_files_are_related_by_a_step(before, after, related):
    assert are_related(before, after, match(before, after)) is related


def test_ids_alike_by_chance_are_no_relation_but_the_same_matter_is():
    def model(name: str, unit: str, matter: str) -> Model:
        return build("p", matter=matter).start("s").lane(unit).step("Task_1", name=name).step(f"{name}2").end("e").model

    tax, permit = model("file return", "tax", "A"), model("issue permit", "construction", "B")
    renamed = model("issue permit", "construction", "A")

    assert not are_related(tax, permit, match(tax, permit))
    assert are_related(tax, renamed, match(tax, renamed))


def test_thousands_of_steps_are_matched():
    before = chain(*(f"a{number}" for number in range(1500)))

    assert {change.kind for change in match(before, before)} == {"kept"}
