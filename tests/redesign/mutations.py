"""Ways to break a redesign on purpose, each with the obligations of which one must then fail.

Every mutation takes a model and a random source and gives a broken one, or none where there is nothing to break.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from bpmn.annotation import GovStep
from bpmn.model import Model, Node
from bpmn.relations import relations
from redesign.change import Change
from redesign.errors import CannotMove

Mutation = Callable[[Model, Random], Model | None]

_NOTHING = GovStep()


def said(node: Node) -> GovStep:
    return node.step or _NOTHING


def steps(model: Model, *wanted: str) -> list[Node]:
    """The steps whose `gov:step` says any of these."""
    return [node for node in model.nodes if node.is_step and any(getattr(said(node), name) for name in wanted)]


def picked(random: Random, nodes: list[Any]) -> Any:
    return random.choice(nodes) if nodes else None


def with_node(model: Model, changed: Node) -> Model:
    return model.evolve(nodes=tuple(changed if node.id == changed.id else node for node in model.nodes))


def saying(model: Model, node: Node | None, **values: Any) -> Model | None:
    """The model whose step says something else."""
    return None if node is None else with_node(model, node.evolve(step=replace(said(node), **values)))


def without(model: Model, node: Node | None) -> Model | None:
    """The model without a step, as it would be if it were simply left out."""
    if node is None:
        return None
    change = Change(model)
    near = change.near(node.id)
    try:
        change.bypass(node.id)
    except CannotMove:
        return None
    change.tidy(near)
    return change.model


def given_and_needed(model: Model) -> list[tuple[Node, str]]:
    """What one step alone gives and another one needs from the case."""
    needed = {
        item.name for node in model.nodes for item in node.materials if (item.use, item.origin) == ("needs", "internal")
    }
    sources = [
        (node, item.name)
        for node in model.nodes
        for item in node.materials
        if item.use == "gives" or item.origin != "internal"
    ]
    names = [name for _, name in sources]
    return [(node, name) for node, name in sources if name in needed and names.count(name) == 1]


def drop_a_gift(model: Model, random: Random) -> Model | None:
    found = picked(random, given_and_needed(model))
    if found is None:
        return None
    node, name = found
    return with_node(model, node.evolve(materials=tuple(item for item in node.materials if item.name != name)))


def drop_a_need(model: Model, random: Random) -> Model | None:
    needing = [node for node in model.nodes if any(item.use == "needs" for item in node.materials)]
    node = picked(random, needing)
    if node is None:
        return None
    gone = next(item for item in node.materials if item.use == "needs")
    return with_node(model, node.evolve(materials=tuple(item for item in node.materials if item is not gone)))


def drop_a_result(model: Model, random: Random) -> Model | None:
    node = next((node for node in model.nodes if said(node).kind == "produce" and node.materials), None)
    gifts = [item for item in node.materials if item.use == "gives"] if node is not None else []
    if node is None or not gifts:
        return None
    return with_node(model, node.evolve(materials=tuple(item for item in node.materials if item not in gifts)))


def drop_a_demanded_step(model: Model, random: Random) -> Model | None:
    return without(model, picked(random, steps(model, "mandatory")))


def drop_a_decision(model: Model, random: Random) -> Model | None:
    return without(model, picked(random, [n for n in model.nodes if said(n).kind in ("decide", "produce", "collect")]))


def drop_a_lone_check(model: Model, random: Random) -> Model | None:
    checks = [node for node in model.nodes if said(node).kind == "check"]
    purposes = [said(node).purpose for node in checks]
    return without(model, picked(random, [node for node in checks if purposes.count(said(node).purpose) == 1]))


def swap_an_order(model: Model, random: Random) -> Model | None:
    """Put a step before the one the law puts it behind, where the two follow each other directly."""
    for step in steps(model, "after"):
        entering, leaving = model.incoming[step.id], model.outgoing[step.id]
        before = entering[0].source if len(entering) == 1 and len(leaving) == 1 else ""
        if before in said(step).after and len(model.incoming[before]) == len(model.outgoing[before]) == 1:
            change = Change(model)
            change.lead(model.incoming[before][0].id, target=step.id)
            change.lead(leaving[0].id, source=before)
            change.lead(entering[0].id, source=step.id, target=before)
            return change.model
    return None


def forget_an_order(model: Model, random: Random) -> Model | None:
    return saying(model, picked(random, steps(model, "after")), after=())


def forget_four_eyes(model: Model, random: Random) -> Model | None:
    return saying(model, picked(random, steps(model, "separate_from")), separate_from=())


def forget_the_law(model: Model, random: Random) -> Model | None:
    return saying(model, picked(random, steps(model, "mandatory")), mandatory=False)


def forget_a_basis(model: Model, random: Random) -> Model | None:
    demanded = [node for node in steps(model, "mandatory") if said(node).basis]
    return saying(model, picked(random, demanded), basis="")


def check_something_else(model: Model, random: Random) -> Model | None:
    demanded = [node for node in steps(model, "mandatory") if said(node).purpose]
    return saying(model, picked(random, demanded), purpose="something else")


def automate_what_is_demanded(model: Model, random: Random) -> Model | None:
    return saying(model, picked(random, steps(model, "mandatory")), automatic=True)


def turn_down_less(model: Model, random: Random) -> Model | None:
    return saying(model, picked(random, steps(model, "rejects")), rejects=0.049)


def stop_the_clock(model: Model, random: Random) -> Model | None:
    return saying(model, picked(random, [node for node in model.nodes if node.is_step]), clock_stop="hearing")


def forget_a_purpose(model: Model, random: Random) -> Model | None:
    free = [node for node in steps(model, "purpose") if not said(node).mandatory]
    return saying(model, picked(random, free), purpose="something else")


def forget_a_limit(model: Model, random: Random) -> Model | None:
    return saying(model, picked(random, steps(model, "limit")), limit=None)


def give_more_time_to_a_step(model: Model, random: Random) -> Model | None:
    step = picked(random, steps(model, "limit"))
    return None if step is None else saying(model, step, limit=(said(step).limit or 0) + 1)


def count_a_limit_otherwise(model: Model, random: Random) -> Model | None:
    step = picked(random, steps(model, "limit"))
    return (
        None if step is None else saying(model, step, limit_unit="hour" if said(step).limit_unit != "hour" else "day")
    )


def forget_a_clock_stop(model: Model, random: Random) -> Model | None:
    """Leave the step, but not the stop of the clock that a basis demands."""
    stops = [node for node in steps(model, "clock_stop") if said(node).basis]
    return saying(model, picked(random, stops), clock_stop="")


def judge_before_a_clock_stop(model: Model, random: Random) -> Model | None:
    """Put a judgement before the stop of the clock it directly followed, unless the two have nothing to do."""
    for step in steps(model, "clock_stop"):
        entering, leaving = model.incoming[step.id], model.outgoing[step.id]
        after = model.node[leaving[0].target] if len(entering) == len(leaving) == 1 else step
        is_alone = len(model.incoming[after.id]) == len(model.outgoing[after.id]) == 1
        is_free = after is step or relations(model).independent(step.id, after.id).holds
        if not is_free and is_alone and said(after).kind in ("check", "decide", "approve"):
            change = Change(model)
            change.lead(entering[0].id, target=after.id)
            change.lead(model.outgoing[after.id][0].id, source=step.id)
            change.lead(leaving[0].id, source=after.id, target=step.id)
            return change.model
    return None


def move_what_is_demanded(model: Model, random: Random) -> Model | None:
    step = picked(random, [node for node in steps(model, "mandatory") if node.id in model.lane_of])
    others = [lane for lane in model.lanes if step is not None and lane.id != model.lane_of[step.id].id]
    if step is None or not others:
        return None
    change = Change(model)
    change.into_lane(step.id, others[0].id)
    return change.model


def leave_it_to_nobody(model: Model, random: Random) -> Model | None:
    step = picked(random, [node for node in model.nodes if node.is_step and node.id in model.lane_of])
    if step is None:
        return None
    lanes = tuple(lane.evolve(nodes=tuple(n for n in lane.nodes if n != step.id)) for lane in model.lanes)
    return model.evolve(lanes=lanes)


def remove_a_join(model: Model, random: Random) -> Model | None:
    joins = [n for n in model.nodes if n.kind == "parallelGateway" and len(model.incoming[n.id]) > 1]
    node = picked(random, joins)
    return None if node is None else with_node(model, node.evolve(kind="exclusiveGateway"))


def split_into_a_choice(model: Model, random: Random) -> Model | None:
    splits = [n for n in model.nodes if n.kind == "parallelGateway" and len(model.outgoing[n.id]) > 1]
    node = picked(random, splits)
    return None if node is None else with_node(model, node.evolve(kind="exclusiveGateway"))


def take_another_share(model: Model, random: Random) -> Model | None:
    flow = picked(random, [flow for flow in model.flows if flow.probability == 0.1])
    if flow is None:
        return None
    return model.evolve(flows=tuple(one.evolve(probability=0.01) if one is flow else one for one in model.flows))


def cut_a_refusal(model: Model, random: Random) -> Model | None:
    ends = [node for node in model.nodes if node.outcome == "rejected"]
    end = picked(random, ends)
    if end is None:
        return None
    change = Change(model)
    flow = model.incoming[end.id][0]
    change.cut(flow.id)
    change.drop(end.id)
    change.tidy([flow.source])
    return change.model


def pass_by_what_is_demanded(model: Model, random: Random) -> Model | None:
    """Let half of the cases go round a step the law demands."""
    step = picked(
        random, [n for n in steps(model, "mandatory") if len(model.outgoing[n.id]) == len(model.incoming[n.id]) == 1]
    )
    if step is None:
        return None
    change = Change(model)
    split, join = (
        change.gateway("exclusiveGateway", step.id, "split"),
        change.gateway("exclusiveGateway", step.id, "join"),
    )
    after = model.outgoing[step.id][0].target
    change.lead(model.incoming[step.id][0].id, target=split)
    change.lead(model.outgoing[step.id][0].id, target=join)
    change.connect(split, step.id)
    change.connect(split, join)
    change.connect(join, after)
    return change.model


def promise_more_time(model: Model, random: Random) -> Model | None:
    process = model.procedure_process
    if process is None or process.procedure is None:
        return None
    changed = process.evolve(procedure=replace(process.procedure, promised_limit=99.0))
    return model.evolve(processes=tuple(changed if one.id == process.id else one for one in model.processes))


#: Every mutation, with the obligations of which one at least must fail.
MUTATIONS: dict[Mutation, frozenset[str]] = {
    drop_a_gift: frozenset(("material-available", "need-kept")),
    drop_a_need: frozenset(("need-kept",)),
    drop_a_result: frozenset(("result-given",)),
    drop_a_demanded_step: frozenset(("mandatory-step", "approval")),
    drop_a_decision: frozenset(("step-stands", "mandatory-step")),
    drop_a_lone_check: frozenset(("step-stands", "mandatory-step")),
    swap_an_order: frozenset(("legal-order",)),
    forget_an_order: frozenset(("legal-order",)),
    forget_four_eyes: frozenset(("kept-apart",)),
    forget_the_law: frozenset(("mandatory-step", "approval")),
    forget_a_basis: frozenset(("mandatory-step", "approval")),
    check_something_else: frozenset(("mandatory-step", "approval")),
    automate_what_is_demanded: frozenset(("mandatory-step", "approval")),
    turn_down_less: frozenset(("reject-possible",)),
    stop_the_clock: frozenset(("clock-stop",)),
    move_what_is_demanded: frozenset(("mandatory-step", "approval")),
    leave_it_to_nobody: frozenset(("level",)),
    remove_a_join: frozenset(("proper-completion",)),
    split_into_a_choice: frozenset(("option-to-complete",)),
    take_another_share: frozenset(("reject-possible",)),
    cut_a_refusal: frozenset(("reject-possible",)),
    pass_by_what_is_demanded: frozenset(("still-met",)),
    promise_more_time: frozenset(("limit",)),
    forget_a_purpose: frozenset(("purpose-kept",)),
    forget_a_limit: frozenset(("step-limit",)),
    give_more_time_to_a_step: frozenset(("step-limit",)),
    count_a_limit_otherwise: frozenset(("step-limit",)),
    forget_a_clock_stop: frozenset(("clock-stop",)),
    judge_before_a_clock_stop: frozenset(("clock-stop",)),
}
