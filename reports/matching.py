"""Which steps of one file stand for which of another: by id, else by name and unit, else by `replaces`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.extent import steps_of
from bpmn.model import Model, Node

By = Literal["id", "name", "replaces", ""]


@dataclass(frozen=True, kw_only=True)
class Match:
    """Steps of one side that stand for steps of the other; each step of both files is in exactly one match."""

    kind: Literal["kept", "merged", "moved", "new", "removed"]
    #: Ids of steps, in the order of their file; none where new.
    before: tuple[str, ...]
    #: Ids of steps, in the order of their file; none where removed, several where one step was split.
    after: tuple[str, ...]
    #: What tied them: "id", "name" (with the unit) or "replaces"; empty where new or removed.
    by: By = ""


def match(before: Model, after: Model) -> tuple[Match, ...]:
    """Every step of both files in one match: the steps before in the order of their file, then what is new.

    A step that stays is moved where another unit does it, or where it no longer stands in the same order to the other
    steps that stay: it became parallel to one, or changed places with it. Where one step changed its order to many,
    it moved and they did not.
    """
    old, new = steps_of(before), steps_of(after)
    tied = _tied(before, after, old, new)
    moved = _elsewhere(before, after, tied) | _reordered(before, after, tied)
    found = [
        Match(kind=_kind(group, moved), before=tuple(group.before), after=tuple(group.after), by=group.by)
        for group in tied
    ]
    gone = {step for group in tied for step in group.before}
    come = {step for group in tied for step in group.after}
    found += [Match(kind="removed", before=(step.id,), after=()) for step in old if step.id not in gone]
    place = {step.id: position for position, step in enumerate(old)}
    found.sort(key=lambda item: place[item.before[0]])
    return (*found, *(Match(kind="new", before=(), after=(step.id,)) for step in new if step.id not in come))


def are_related(before: Model, after: Model, changes: Sequence[Match]) -> bool:
    """Whether the files can be two versions of one procedure.

    They are where they say the same, where both name one matter, or where any step is tied by name and unit or by
    `replaces`. Ids alone can be alike by chance (`Task_1`), so they count where name or unit is alike too, or where
    they tie at least half of a side.
    """
    if before == after or (before.procedure.matter and before.procedure.matter == after.procedure.matter):
        return True
    tied = [item for item in changes if item.by]
    if any(item.by != "id" or _is_alike(before, after, item) for item in tied):
        return True
    smaller = min(sum(len(item.before) for item in changes), sum(len(item.after) for item in changes))
    return len(tied) >= max(3, smaller / 2)


@dataclass
class _Group:
    """Steps tied together so far."""

    before: list[str]
    after: list[str]
    by: By


def _tied(before: Model, after: Model, old: Sequence[Node], new: Sequence[Node]) -> list[_Group]:
    ids = {step.id for step in new}
    groups = [_Group([step.id], [step.id], "id") for step in old if step.id in ids]
    taken_before = {group.before[0] for group in groups}
    taken_after = set(taken_before)
    waiting: dict[str, list[str]] = defaultdict(list)
    for step in new:
        if step.id not in taken_after and step.name:
            waiting[_plain_name(step)].append(step.id)
    for step in old:
        if step.id in taken_before or not step.name:
            continue
        alike = waiting.get(_plain_name(step), [])
        unit = _unit(before, step.id)
        same = next((other for other in alike if _is_same_unit(unit, _unit(after, other))), None)
        if same is not None:
            alike.remove(same)
            groups.append(_Group([step.id], [same], "name"))
    _tie_replaced(groups, old, new)
    order_before = {step.id: position for position, step in enumerate(old)}
    order_after = {step.id: position for position, step in enumerate(new)}
    for group in groups:
        group.before.sort(key=order_before.__getitem__)
        group.after.sort(key=order_after.__getitem__)
    return groups


def _tie_replaced(groups: list[_Group], old: Sequence[Node], new: Sequence[Node]) -> None:
    """Tie what `replaces` names: in the file after, and in the file before where the two are given the other way."""
    by_before = {step: group for group in groups for step in group.before}
    by_after = {step: group for group in groups for step in group.after}
    free_before = {step.id for step in old} - by_before.keys()
    free_after = {step.id for step in new} - by_after.keys()
    pairs = [(other, step.id) for step in new for other in _replaces(step)]
    pairs += [(step.id, other) for step in old for other in _replaces(step)]
    for one, other in pairs:
        group = by_after.get(other) if one in free_before else by_before.get(one)
        if group is not None and one in free_before:
            group.before.append(one)
        elif group is not None and other in free_after:
            group.after.append(other)
        elif group is None and one in free_before and other in free_after:
            group = _Group([one], [other], "replaces")
            groups.append(group)
        else:
            continue
        by_before[one] = by_after[other] = group
        free_before.discard(one)
        free_after.discard(other)


def _replaces(step: Node) -> tuple[str, ...]:
    return step.step.replaces if step.step is not None else ()


def _plain_name(step: Node) -> str:
    """Its name without white space: where a name is broken into lines is a matter of drawing."""
    return "".join(step.name.split())


def _unit(model: Model, step: str) -> tuple[str, str]:
    """Code and name of a step's unit."""
    unit = model.unit_of.get(step)
    return (unit.code, unit.name) if unit is not None else ("", "")


def _is_same_unit(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether codes are equal or, where a code is missing, the names."""
    return one[0] == other[0] if one[0] and other[0] else one[1] == other[1]


def _is_alike(before: Model, after: Model, item: Match) -> bool:
    one, other = before.node[item.before[0]], after.node[item.after[0]]
    unit = _unit(before, one.id)
    return (bool(one.name) and _plain_name(one) == _plain_name(other)) or (
        any(unit) and _is_same_unit(unit, _unit(after, other.id))
    )


def _kind(group: _Group, moved: frozenset[str]) -> Literal["kept", "merged", "moved"]:
    if len(group.before) > 1:
        return "merged"
    return "moved" if group.before[0] in moved else "kept"


def _elsewhere(before: Model, after: Model, groups: Sequence[_Group]) -> frozenset[str]:
    """The steps that another unit does afterwards."""
    return frozenset(
        group.before[0]
        for group in groups
        if not any(_is_same_unit(_unit(before, group.before[0]), _unit(after, step)) for step in group.after)
    )


def _reordered(before: Model, after: Model, groups: Sequence[_Group]) -> frozenset[str]:
    """The steps whose order to other steps that stay is another one: the fewest that explain all changes."""
    old = later(before, [group.before[0] for group in groups])
    new = later(after, [group.after[0] for group in groups])
    changed = _changed(old, new)
    moved: set[int] = set()
    while True:
        counts = [mask.bit_count() for mask in changed]
        most = max(counts, default=0)
        if not most:
            return frozenset(groups[index].before[0] for index in moved)
        chosen = {index for index, count in enumerate(counts) if count == most}
        moved |= chosen
        stay = ~sum(1 << index for index in chosen)
        changed = [0 if index in chosen else mask & stay for index, mask in enumerate(changed)]


def _changed(old: Sequence[int], new: Sequence[int]) -> list[int]:
    """For each step a mask of those to which its order changed."""
    changed = [one ^ other for one, other in zip(old, new, strict=True)]
    for index in range(len(changed)):
        mask = old[index] ^ new[index]
        while mask:
            lowest = mask & -mask
            changed[lowest.bit_length() - 1] |= 1 << index
            mask ^= lowest
    return changed


def later(model: Model, steps: Sequence[str]) -> list[int]:
    """For each step a mask of the steps that come later in a case that takes no loop back."""
    targets = _targets(model)
    position = {step: index for index, step in enumerate(steps)}
    reached: dict[str, int] = {}
    for node in _last_first(targets):
        mask = 0
        for target in targets[node]:
            # A target without a mask yet is met on the way back of a loop.
            if target in reached:
                mask |= reached[target] | (1 << position[target] if target in position else 0)
        reached[node] = mask
    return [reached[step] for step in steps]


def _targets(model: Model) -> dict[str, list[str]]:
    """What follows each node at once: by flows, messages, into sub-processes and out of them."""
    targets: dict[str, list[str]] = {node.id: [flow.target for flow in model.outgoing[node.id]] for node in model.nodes}
    for node in model.nodes:
        if node.attached_to in targets:
            targets[node.attached_to].append(node.id)
        if node.scope in targets and not model.incoming[node.id] and not node.attached_to:
            targets[node.scope].append(node.id)
        if node.scope in targets and not model.outgoing[node.id]:
            targets[node.id] += [flow.target for flow in model.outgoing[node.scope]]
    for message in model.message_flows:
        if message.source in targets and message.target in targets:
            targets[message.source].append(message.target)
    return {node: [target for target in followers if target in targets] for node, followers in targets.items()}


def _last_first(targets: Mapping[str, Iterable[str]]) -> list[str]:
    """The nodes in the order a depth-first walk leaves them, begun at those nothing leads to."""
    entered = {target for followers in targets.values() for target in followers}
    left: list[str] = []
    seen: set[str] = set()
    for start in [*(node for node in targets if node not in entered), *targets]:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(targets[start]))]
        while stack:
            node, followers = stack[-1]
            for target in followers:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter(targets[target])))
                    break
            else:
                left.append(node)
                stack.pop()
    return left
