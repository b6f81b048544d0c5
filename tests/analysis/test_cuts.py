import doctest

import pytest

import analysis.runs
from analysis.cuts import counts
from bpmn.annotation import GovMaterial
from bpmn.build import Builder, build, gives, needs
from bpmn.model import Model


def handing_in(chain: Builder, step: str, *names: str, visit: bool = False) -> Builder:
    return chain.step(step, materials=[needs(name) for name in names], visit=visit)


def test_steps_are_activities_outside_the_applicants_pool():
    chain = build("permit", pool="office").start("s").step("a").sub_process("frame").start("s2").step("b").end("e2")
    chain.close().exclusive("g").branch().step("c").branch().join().throw("mail", "message").end("e")
    chain.pool("applicant", process="citizen", id="citizen_pool", applicant=True).start("s3").step("wish").end("e3")
    chain.message("wish", "s")

    assert counts(chain.model).steps == 3


def test_pools_count_only_where_messages_join_them():
    chain = build("permit", pool="office").start("s").step("a").end("e")
    chain.pool("bank", process="bank").start("s2").step("b", visit=True).end("e2")
    apart = chain.model
    joined = chain.message("a", "s2").model

    assert (counts(apart).steps, counts(apart).visits) == (1, 0)
    assert (counts(joined).steps, counts(joined).visits) == (2, 1)


def test_pools_are_joined_through_a_pool_without_a_process():
    chain = build("permit", pool="office").start("s").step("a").end("e")
    chain.pool("bank", process="bank").start("s2").step("b").end("e2").black_box("citizen", id="citizen")
    chain.message("a", "citizen").message("citizen", "s2")

    assert counts(chain.model).steps == 2


def test_a_call_counts_as_the_called_steps_where_they_are_at_hand():
    at_hand = build("permit").start("s").call("c", "sub").end("e").process("sub").start("s2")
    at_hand = handing_in(at_hand.step("a"), "b", "licence").end("e2").model
    elsewhere = build("permit").start("s").call("c", "other").end("e").model

    assert (counts(at_hand).steps, counts(at_hand).materials) == (2, 1)
    assert counts(elsewhere).steps == 1


def test_a_process_called_twice_meets_its_papers_twice_but_is_drawn_once():
    chain = build("permit").start("s").call("c", "sub").call("d", "sub").end("e").process("sub").start("s2")
    model = handing_in(chain, "b", "licence", visit=True).end("e2").model

    found = counts(model)

    assert (found.steps, found.materials, found.distinct, found.visits) == (1, 2, 1, 2)


def test_processes_that_call_each_other_are_counted_once():
    chain = handing_in(build("p").start("s"), "a", "x").call("c", "q").end("e")
    model = handing_in(chain.process("q").start("s2"), "b", "y").call("d", "p").end("e2").model

    assert counts(model).materials == 2


def test_hand_ins_follow_one_another_and_add_up_in_parallel():
    chain = handing_in(build("p").start(), "a", "x", "y").parallel("g")
    chain = handing_in(chain.branch(), "b", "x")
    model = handing_in(chain.branch(), "c", "z", visit=True).join().end().model

    found = counts(model)

    assert (found.materials, found.distinct, found.visits, found.bounds) == (4, 3, 1, ())


def test_of_branches_that_exclude_each_other_the_most_counts():
    chain = handing_in(build("p").start().exclusive("g").branch(), "a", "x", "y")
    model = handing_in(chain.branch(), "b", "z", visit=True).join().end().model

    found = counts(model)

    assert (found.materials, found.distinct, found.visits) == (2, 2, 1)


def test_different_materials_are_chosen_for_themselves():
    """The way with the most hand-ins need not be the way with the most different ones."""
    chain = handing_in(build("p").start().exclusive("g").branch(), "a", "x")
    chain = handing_in(handing_in(chain, "b", "x"), "c", "x")
    model = handing_in(chain.branch(), "d", "y", "z").join().end().model

    found = counts(model)

    assert (found.materials, found.distinct) == (3, 2)


def test_a_loop_counts_once_with_its_way_back():
    chain = handing_in(build("p").start(), "check", "form").exclusive("complete").branch(0.3)
    chain = handing_in(chain, "supplement", "missing paper", visit=True).to("check")
    model = handing_in(chain.branch(0.7).close(), "issue", "receipt").end().model

    found = counts(model)

    assert (found.materials, found.visits, found.bounds) == (3, 1, ())


def test_a_way_back_from_which_a_case_may_also_be_dropped_is_still_one():
    """The supplement is asked for, and the case is closed where it does not come in time."""
    chain = handing_in(build("p").start(), "check", "form").exclusive("complete").branch(0.3)
    chain = handing_in(chain, "supplement", "missing paper").exclusive("in time").branch(0.5).to("check")
    chain = chain.branch(0.5).end("dropped", outcome="rejected").close()
    model = handing_in(chain.branch(0.7).close(), "issue", "receipt").end("issued").model

    assert (counts(model).materials, counts(model).bounds) == (3, ())


def test_two_ways_back_from_different_places_both_count_and_from_one_place_only_the_best():
    def loop(*, from_one_place: bool) -> Model:
        chain = build("p").start("s").step("work").exclusive("first").branch(0.2)
        chain = handing_in(chain, "a", "x", "y").to("work")
        if from_one_place:
            chain = handing_in(chain.branch(0.2), "b", "z").to("work").branch(0.6).close()
        else:
            chain = chain.branch(0.8).close().exclusive("second").branch(0.2)
            chain = handing_in(chain, "b", "z").to("work").branch(0.8).close()
        return chain.end("e").model

    assert counts(loop(from_one_place=True)).materials == 2
    assert counts(loop(from_one_place=False)).materials == 3


def test_an_inclusive_choice_may_take_all_but_its_default():
    chain = handing_in(build("p").start().inclusive("g").branch(0.5), "a", "x")
    chain = handing_in(chain.branch(0.5), "b", "y")
    model = handing_in(chain.branch(default=True), "c", "z").join().end().model

    assert counts(model).materials == 2


def test_branches_that_end_apart_are_counted_exactly():
    chain = handing_in(build("p").start().exclusive("g").branch(0.5), "a", "x").end("e1")
    chain = chain.branch(0.5).close().parallel("h")
    chain = handing_in(chain.branch(), "b", "y", "z").end("e2")
    model = handing_in(chain.branch(), "c", "w").end("e3").close().model

    assert (counts(model).materials, counts(model).bounds) == (3, ())


def test_choices_and_parallel_branches_that_are_not_nested_are_followed_token_by_token():
    """Two ways split in parallel, and their branches meet crosswise before they are joined."""
    chain = build("p").start("s").exclusive("x")
    chain = handing_in(chain.branch(), "a", "one").node("split a", "parallelGateway").to("split a")
    chain = handing_in(chain.branch(), "b", "two", "three").node("split b", "parallelGateway").to("split b").close()
    chain = chain.node("m", "exclusiveGateway").node("n", "exclusiveGateway").node("j", "parallelGateway")
    for split in ("split a", "split b"):
        chain = chain.flow(split, "m").flow(split, "n")
    chain = handing_in(chain.at("m"), "c", "four").to("j")
    chain = handing_in(chain.at("n"), "d", "four").to("j")
    model = handing_in(chain.at("j"), "last", "five", visit=True).end("e").model

    found = counts(model)

    assert (found.materials, found.distinct, found.visits, found.bounds) == (5, 4, 1, ())


def test_materials_of_other_origin_or_given_are_no_hand_ins_and_copies_do_not_count():
    materials = [
        needs("register extract", origin="shared"),
        needs("file", origin="internal"),
        gives("licence", to="applicant"),
        GovMaterial(name="form", origin="applicant", copies=5),
        GovMaterial(name="form", origin="applicant", original=1),
    ]
    model = build("p").start().step("a", materials=materials).end().model

    assert counts(model).materials == 1


def test_what_the_applicant_does_is_counted_nowhere():
    chain = build("permit", pool="office").start("s").step("a").end("e")
    chain = chain.pool("applicant", process="citizen", applicant=True).start("s2")
    model = handing_in(chain, "b", "x", visit=True).end("e2").message("b", "s").model

    assert (counts(model).materials, counts(model).visits) == (0, 0)


def choices_in_a_row(size: int) -> Model:
    chain = build("p").start()
    for number in range(size):
        chain = handing_in(chain.exclusive(f"g{number}").branch(), f"a{number}", f"x{number}")
        chain = handing_in(chain.branch(), f"b{number}", f"y{number}", f"z{number}").join()
    return chain.end().model


def parallel_blocks_in_a_row(size: int) -> Model:
    chain = build("p").start()
    for number in range(size):
        chain = handing_in(chain.parallel(f"g{number}").branch(), f"a{number}", f"x{number}")
        chain = handing_in(chain.branch(), f"b{number}", f"y{number}").join()
    return chain.end().model


def back_to_every_earlier_step(size: int) -> Model:
    chain = build("p").start("s")
    for number in range(size):
        chain = handing_in(chain, f"a{number}", f"x{number}").exclusive(f"g{number}")
        for earlier in range(number + 1):
            chain = chain.branch(0.5 / (number + 1)).to(f"a{earlier}")
        chain = chain.branch(0.5).close()
    return chain.end("e").model


@pytest.mark.parametrize(
    ("model", "materials"),
    [(choices_in_a_row(60), 120), (parallel_blocks_in_a_row(60), 120), (back_to_every_earlier_step(50), 50)],
    ids=["choices in a row", "parallel blocks in a row", "every step may go back to every earlier one"],
)
def test_families_that_explode_are_answered(model, materials):
    assert counts(model).materials == materials


def test_of_choices_between_unlike_materials_the_different_ones_are_exact():
    found = counts(choices_in_a_row(60))

    assert (found.distinct, found.bounds) == (120, ())


def test_a_set_that_cannot_be_decided_is_a_bound_and_said_so():
    chain = build("p").start()
    for number in range(40):
        chain = handing_in(chain.exclusive(f"g{number}").branch(), f"a{number}", f"x{number}", f"x{number + 1}")
        chain = handing_in(chain.branch(), f"b{number}", f"y{number}", f"y{number + 2}").join()

    found = counts(chain.end().model)

    assert 41 < found.distinct <= 83
    assert (found.materials, found.bounds) == (80, ("distinct",))


def test_a_chain_of_thousands_of_steps_is_counted():
    chain = build("p").start()
    nodes = [f"n{number}" for number in range(3000)]
    for node in nodes:
        chain.node(node, "task")
    model = chain.model
    flows = list(model.flows)
    template = build("q").start("s").step("t").end("e").model.flows[0]
    flows += [
        template.evolve(id=f"f{number}", source=source, target=target, process="p")
        for number, (source, target) in enumerate(zip(["start", *nodes], nodes, strict=False))
    ]

    assert counts(model.evolve(flows=tuple(flows))).steps == 3000


def test_the_examples_run(root):
    page = doctest.testfile(str(root / "docs" / "reference" / "cuts.md"), module_relative=False)

    assert (page.failed, doctest.testmod(analysis.runs).failed) == (0, 0)
    assert page.attempted > 0
