import pytest

from bpmn.build import Builder, build, gives
from bpmn.control_flow import control_flow
from bpmn.model import Model
from bpmn.routing import exclusive_shares, routes_on


def routed(model: Model) -> dict[str, tuple[str, ...]]:
    return dict(routes_on(model, control_flow(model)))


def shares(model: Model, node: str) -> list[float]:
    flow = control_flow(model)
    vertex = next(vertex for vertex in flow.vertices if vertex.node == node and vertex.kind == "exclusive-split")
    return [round(share, 6) for share in exclusive_shares(model, flow, vertex)]


def choice(chain: Builder, gateway: str = "g", condition: str = "") -> Model:
    return chain.exclusive(gateway).branch(0.5, condition=condition).branch(0.5).join().end("e").model


def test_the_first_choice_after_a_step_routes_on_it():
    assert routed(choice(build("p").start().step("a", rejects=0.1).step("b", kind="record"))) == {"a": ("g",)}


@pytest.mark.parametrize("kind", ["check", "decide", "approve"])
def test_behind_another_judgement_it_routes_on_that(kind):
    chain = build("p").start().step("a", kind="check", rejects=0.1).step("b", kind=kind, rejects=0.2)

    assert routed(choice(chain)) == {"b": ("g",)}


def test_a_step_that_turns_nobody_down_is_not_asked_for():
    assert routed(choice(build("p").start().step("a"))) == {}


def test_a_gateway_before_the_step_does_not_route_on_it():
    chain = build("p").start().exclusive("g").branch(0.5).branch(0.5).join().step("a", rejects=0.1).end()

    assert routed(chain.model) == {}


def test_gateways_that_only_join_or_split_in_parallel_are_passed():
    chain = build("p").start().step("a", rejects=0.1).parallel("h").branch().step("b").branch().step("c").join()

    assert routed(choice(chain)) == {"a": ("g",)}


def test_the_way_leads_out_of_a_sub_process():
    chain = build("p").start("s").sub_process("f").start("s2").step("a", rejects=0.1).end("e2").close()

    assert routed(choice(chain)) == {"a": ("g",)}


@pytest.mark.parametrize(
    ("condition", "found"),
    [('审查意见 = "不同意"', {"a": ("g",)}), ('其他意见 = "不同意"', {})],
    ids=["names what it gives", "names something else"],
)
def test_a_condition_that_names_what_the_step_gives_routes_on_it_behind_other_checks(condition, found):
    chain = build("p").start().step("a", rejects=0.1, materials=[gives("审查意见")]).step("b", kind="check")

    assert routed(choice(chain, condition=condition)) == found


def test_part_of_a_longer_latin_name_is_not_the_name():
    chain = build("p").start().step("a", rejects=0.1, materials=[gives("plan")]).step("b", kind="check")

    assert routed(choice(chain, condition="planned = true")) == {}


def test_shares_are_those_written_and_the_silent_split_what_is_left():
    chain = build("p").start().exclusive("g").branch(0.4).step("a").branch().step("b").branch().step("c").join()

    assert shares(chain.end().model, "g") == [0.4, 0.3, 0.3]


def test_no_share_at_all_is_an_even_choice_and_rounding_is_taken_out():
    even = build("p").start().exclusive("g").branch().step("a").branch().step("b").join().end().model
    rounded = build("p").start().exclusive("g").branch(0.3333).step("a").branch(0.6666).step("b").join().end().model

    assert shares(even, "g") == [0.5, 0.5]
    assert sum(shares(rounded, "g")) == 1.0


def test_one_conditional_flow_beside_a_default_has_its_share_or_one_half():
    def model(share: float | None) -> Model:
        chain = build("p").start().step("a").flow("a", "b", probability=share, condition="x = 1")
        return chain.flow("a", "c", default=True).node("b").node("c").model

    assert shares(model(0.2), "a") == [0.2, 0.8]
    assert shares(model(None), "a") == [0.5, 0.5]


def test_a_boundary_event_has_the_share_written_behind_it_and_none_if_nothing_is():
    def model(share: float | None) -> Model:
        chain = build("p").start().step("a").boundary("late", "message", probability=share).step("b").end()
        return chain.at("a").step("c").end().model

    assert sorted(shares(model(0.2), "a")) == [0.2, 0.8]
    assert sorted(shares(model(None), "a")) == [0.0, 1.0]
