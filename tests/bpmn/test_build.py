"""The builder: a model in the words in which one tells it."""

import pytest

from bpmn import Duration, EventDefinition, GovStep, GovTime, build, gives, needs
from bpmn.order import in_file_order


def flows(model):
    return [(flow.source, flow.target) for flow in model.flows]


def test_a_chain_is_a_sequence():
    model = build("permit").start().step("a").step("b").end().model

    assert flows(model) == [("start", "a"), ("a", "b"), ("b", "end")]
    assert {node.process for node in model.nodes} == {"permit"}


def test_what_a_step_says():
    material = needs("执照")
    model = (
        build().step("a", name="受理", kind="accept", work="PT30M", wait=Duration(days=1.0), materials=[material]).model
    )
    step = model.node["a"]

    assert (step.name, step.kind, step.step) == ("受理", "userTask", GovStep(kind="accept"))
    assert step.time("work") == GovTime(mean=Duration(seconds=1800.0))
    assert step.time("wait") == GovTime(part="wait", mean=Duration(days=1.0))
    assert step.materials == (material,)


def test_a_step_that_says_nothing_has_no_annotation():
    assert build().step("a").model.node["a"].step is None


def test_branches_with_shares_meet_in_a_gateway():
    model = build().start().exclusive("g").branch(0.2, name="no").step("a").branch(default=True).join("j").end().model

    assert flows(model) == [("start", "g"), ("g", "a"), ("a", "j"), ("g", "j"), ("j", "end")]
    assert model.flow["g-a"].probability == 0.2
    assert model.node["g"].default == "g-j"
    assert model.node["j"].kind == "exclusiveGateway"


def test_branches_may_end_or_go_back():
    model = build().step("a").exclusive("g").branch().to("a").branch().end("no").branch().close().step("b").model

    assert flows(model) == [("a", "g"), ("g", "a"), ("g", "no"), ("g", "b")]


def test_blocks_inside_blocks():
    model = (
        build()
        .parallel("p")
        .branch()
        .exclusive("x")
        .branch()
        .step("a")
        .branch()
        .step("b")
        .join()
        .branch()
        .step("c")
        .join()
        .model
    )

    assert model.node["p_join"].kind == "parallelGateway"
    assert [flow.source for flow in model.incoming["p_join"]] == ["x_join", "c"]


def test_sub_processes_hold_what_is_built_inside():
    model = build().start().sub_process("s").start("i").step("a").end("o").close().step("b").model

    assert [(node.id, node.scope) for node in model.nodes] == [
        ("start", ""),
        ("s", ""),
        ("i", "s"),
        ("a", "s"),
        ("o", "s"),
        ("b", ""),
    ]
    assert {flow.id: flow.scope for flow in model.flows} == {"start-s": "", "i-a": "s", "a-o": "s", "s-b": ""}


def test_an_event_sub_process_is_not_connected():
    model = (
        build().start().sub_process("s", by_event=True).start("i", event="message", value="m").close().step("a").model
    )

    assert flows(model) == [("start", "a")]
    assert model.node["s"].triggered_by_event


def test_events_say_what_they_wait_for():
    model = build().catch("a", "timer", "PT1H").catch("b", "timer", "R/P1D").throw("c", "message", "m").model

    assert model.node["a"].events == (EventDefinition(kind="timer", timer="timeDuration", expression="PT1H"),)
    assert model.node["b"].events[0].timer == "timeCycle"
    assert [(root.id, root.kind) for root in model.roots] == [("m", "message")]


def test_a_boundary_event_goes_its_own_way():
    model = build().step("a").boundary("late", "timer", "P3D", probability=0.1).end("e").at("a").step("b").model

    assert model.node["late"].attached_to == "a"
    assert model.flow["late-e"].probability == 0.1
    assert ("a", "b") in flows(model)


def test_lanes_take_what_follows_and_are_found_again():
    model = (
        build()
        .lane("甲", staff=2)
        .step("a")
        .lane("乙")
        .step("b")
        .lane("甲")
        .step("c")
        .lane("科", parent="甲")
        .step("d")
        .model
    )

    assert [(lane.name, lane.nodes) for lane in model.lanes] == [("甲", ("a", "c")), ("科", ("d",)), ("乙", ("b",))]
    assert model.unit_of["d"].name == "甲"
    assert model.post_of == {"d": "科"}


def test_pools_have_processes_of_their_own():
    model = (
        build("office", pool="局")
        .step("a")
        .pool("申请人", process="citizen", applicant=True)
        .step("b")
        .black_box("银行")
        .model
    )

    assert [(pool.name, pool.process) for pool in model.pools] == [
        ("局", "office"),
        ("申请人", "citizen"),
        ("银行", ""),
    ]
    assert model.applicant_processes == {"citizen"}
    assert model.node["b"].process == "citizen"


def test_data_is_read_and_written():
    model = build().data("form", name="表").store("register").step("a", reads=["form"], writes=["register"]).model

    assert [(line.source, line.target, line.kind) for line in model.associations] == [
        ("form", "a", "input"),
        ("a", "register", "output"),
    ]
    assert [data.kind for data in model.data] == [
        "dataStore",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
    ]


def test_anything_can_be_added_and_connected():
    model = build().node("a", "complexGateway").node("b").flow("a", "b", id="f").flow("a", "b").flow("b", "b").model

    assert [flow.id for flow in model.flows] == ["f", "a-b", "b-b"]
    assert model.node["a"].kind == "complexGateway"


def test_what_the_procedure_says():
    model = build(arrivals_per_day=4, hours="09:00-12:00").procedure(legal_limit=20).model

    assert model.procedure.arrivals_per_day == 4
    assert model.procedure.hours == ((32400, 43200),)
    assert model.procedure.legal_limit == 20


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: build().step("a").step("a"),
        lambda: build().step("a").to("nowhere").model,
        lambda: build().branch(),
        lambda: build().join(),
        lambda: build().close(),
        lambda: build().sub_process("s").branch(),
    ],
)
def test_mistakes_are_told_at_once(mistake):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        mistake()


def test_the_order_of_a_file_puts_what_is_inside_behind_what_holds_it():
    model = build().node("s", "subProcess").node("a").node("inside", scope="s").flow("a", "s").model

    assert [node.id for node in model.nodes] == ["s", "inside", "a"]
    assert in_file_order(model) == model


def test_gifts_and_needs():
    assert (gives("licence", to="applicant").use, gives("licence", to="applicant").to) == ("gives", "applicant")
    assert (needs("title").origin, needs("title", origin="shared").origin) == ("applicant", "shared")
