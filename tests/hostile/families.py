"""Files that are hard on whoever reads them: families of drawings that grow, written as plain XML.

Each family is a function of its size. They are no random models: each is the worst of its kind.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="urn:zaizao:gov:1" targetNamespace="t">'
)
TAIL = "</definitions>"

#: A place and where its flows lead.
Arrow = tuple[str, str]


class Drawing:
    """One process being written: its elements in order, joined by numbered flows."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.flows = 0

    def node(self, name: str, kind: str = "task", inside: str = "") -> str:
        """Draw an element."""
        self.parts.append(f'<{kind} id="{name}" name="{name}">{inside}</{kind}>')
        return name

    def flow(self, source: str, target: str) -> None:
        """Draw a flow."""
        self.flows += 1
        self.parts.append(f'<sequenceFlow id="f{self.flows}" sourceRef="{source}" targetRef="{target}"/>')

    def way(self, *names: str) -> None:
        """Draw the flows from one element to the next."""
        for source, target in pairwise(names):
            self.flow(source, target)

    def block(self, number: int, kind: str, branches: int = 2) -> Arrow:
        """Draw a gateway, branches of one step and the gateway that joins them."""
        split, join = self.node(f"s{number}", kind), self.node(f"j{number}", kind)
        for branch in range(branches):
            self.way(split, self.node(f"t{number}_{branch}"), join)
        return split, join

    def text(self) -> bytes:
        """The file."""
        return file('<process id="p">' + "".join(self.parts) + "</process>")


def file(content: str) -> bytes:
    """A file with that content."""
    return (HEAD + content + TAIL).encode()


def _begun() -> Drawing:
    drawing = Drawing()
    drawing.node("start", "startEvent")
    drawing.node("end", "endEvent")
    return drawing


def _in_a_row(size: int, kind: str, branches: int = 2) -> bytes:
    drawing = _begun()
    last = "start"
    for number in range(size):
        split, join = drawing.block(number, kind, branches)
        drawing.flow(last, split)
        last = join
    drawing.flow(last, "end")
    return drawing.text()


def chain(size: int) -> bytes:
    """Steps one after the other."""
    drawing = _begun()
    drawing.way("start", *(drawing.node(f"t{number}") for number in range(size)), "end")
    return drawing.text()


def unconnected(size: int) -> bytes:
    """Steps without a single flow."""
    drawing = Drawing()
    for number in range(size):
        drawing.node(f"t{number}")
    return drawing.text()


def choices_in_a_row(size: int) -> bytes:
    """Two ways, again and again: 2^size runs."""
    return _in_a_row(size, "exclusiveGateway")


def parallels_in_a_row(size: int) -> bytes:
    """Two branches beside each other, again and again."""
    return _in_a_row(size, "parallelGateway")


def inclusives_in_a_row(size: int) -> bytes:
    """Any of two branches, again and again."""
    return _in_a_row(size, "inclusiveGateway")


def wide_parallel(size: int) -> bytes:
    """One block of many parallel branches: 2^size states."""
    return _in_a_row(1, "parallelGateway", size)


def wide_inclusive(size: int) -> bytes:
    """One block of many branches, any of which may be taken."""
    return _in_a_row(1, "inclusiveGateway", size)


def wide_choice(size: int) -> bytes:
    """One choice of many ways."""
    return _in_a_row(1, "exclusiveGateway", size)


def back_to_every_earlier(size: int) -> bytes:
    """A chain in which every step may go back to every earlier one: size² / 2 flows."""
    drawing = _begun()
    last = "start"
    for number in range(size):
        join, step = drawing.node(f"j{number}", "exclusiveGateway"), drawing.node(f"t{number}")
        split = drawing.node(f"s{number}", "exclusiveGateway")
        drawing.way(last, join, step, split)
        for earlier in range(number + 1):
            drawing.flow(split, f"j{earlier}")
        last = split
    drawing.flow(last, "end")
    return drawing.text()


def _nested(size: int, kind: str) -> bytes:
    drawing = _begun()
    outer, behind = "start", "end"
    for number in range(size):
        split, join = drawing.node(f"s{number}", kind), drawing.node(f"j{number}", kind)
        drawing.way(split, drawing.node(f"t{number}"), join)
        drawing.flow(outer, split)
        drawing.flow(join, behind)
        outer, behind = split, join
    drawing.way(outer, drawing.node("inmost"), behind)
    return drawing.text()


def nested_parallels(size: int) -> bytes:
    """A parallel block in a parallel block in …"""
    return _nested(size, "parallelGateway")


def nested_choices(size: int) -> bytes:
    """A choice in a choice in …"""
    return _nested(size, "exclusiveGateway")


def nested_inclusives(size: int) -> bytes:
    """An inclusive block in an inclusive block in …"""
    return _nested(size, "inclusiveGateway")


def nested_loops(size: int) -> bytes:
    """A loop in a loop in …"""
    drawing = _begun()
    before, after = "start", "end"
    for number in range(size):
        join = drawing.node(f"j{number}", "exclusiveGateway")
        split = drawing.node(f"s{number}", "exclusiveGateway")
        drawing.flow(before, join)
        drawing.flow(split, after)
        drawing.flow(split, join)
        before, after = join, split
    drawing.way(before, drawing.node("inmost"), after)
    return drawing.text()


def nested_sub_processes(size: int) -> bytes:
    """A sub-process in a sub-process in …"""
    opened = "".join(
        f'<subProcess id="p{n}"><startEvent id="b{n}"/><endEvent id="e{n}"/>'
        f'<sequenceFlow id="x{n}" sourceRef="b{n}" targetRef="p{n + 1}"/>'
        f'<sequenceFlow id="y{n}" sourceRef="p{n + 1}" targetRef="e{n}"/>'
        for n in range(size)
    )
    return file(
        '<process id="p"><startEvent id="start"/><endEvent id="end"/>'
        '<sequenceFlow id="x" sourceRef="start" targetRef="p0"/><sequenceFlow id="y" sourceRef="p0" targetRef="end"/>'
        f'{opened}<task id="p{size}"/>{"</subProcess>" * size}</process>'
    )


def nested_lanes(size: int) -> bytes:
    """A lane in a lane in …"""
    opened = "".join(f'<lane id="l{n}" name="l{n}"><childLaneSet id="c{n}">' for n in range(size))
    return file(
        f'<process id="p"><laneSet id="lanes">{opened}<lane id="inmost"><flowNodeRef>t</flowNodeRef></lane>'
        f'{"</childLaneSet></lane>" * size}</laneSet><startEvent id="start"/><task id="t"/><endEvent id="end"/>'
        '<sequenceFlow id="f" sourceRef="start" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="end"/>'
        "</process>"
    )


def every_split_to_every_join(size: int) -> bytes:
    """Parallel gateways each of which sends a token to each of as many joins: no block in it."""
    drawing = _begun()
    first, last = drawing.node("first", "parallelGateway"), drawing.node("last", "parallelGateway")
    drawing.flow("start", first)
    for number in range(size):
        drawing.flow(first, drawing.node(f"s{number}", "parallelGateway"))
    for number in range(size):
        join = drawing.node(f"j{number}", "parallelGateway")
        for other in range(size):
            drawing.flow(f"s{other}", join)
        drawing.flow(join, last)
    drawing.flow(last, "end")
    return drawing.text()


def crossed(size: int) -> bytes:
    """Choices and parallel gateways in turn, each split leading into the join after next: no block in it."""
    drawing = _begun()
    joins = [drawing.node(f"j{n}", ("exclusiveGateway", "parallelGateway")[n % 2]) for n in range(size + 2)]
    splits = [drawing.node(f"s{n}", ("parallelGateway", "exclusiveGateway")[n // 2 % 2]) for n in range(size)]
    drawing.flow("start", joins[0])
    for number, split in enumerate(splits):
        drawing.way(joins[number], drawing.node(f"t{number}"), split)
        drawing.flow(split, joins[number + 1])
        drawing.flow(split, joins[number + 2])
    drawing.flow(joins[size], joins[size + 1])
    drawing.flow(joins[size + 1], "end")
    return drawing.text()


def choices_into_one_join(size: int) -> bytes:
    """Choices beside each other, each of which may leave out the join that waits for all of them."""
    drawing = _begun()
    split, join = drawing.node("split", "parallelGateway"), drawing.node("join", "parallelGateway")
    drawing.flow("start", split)
    for number in range(size):
        choice = drawing.node(f"c{number}", "exclusiveGateway")
        drawing.way(split, choice, drawing.node(f"t{number}"), join)
        drawing.way(choice, drawing.node(f"u{number}"), drawing.node(f"e{number}", "endEvent"))
    drawing.flow(join, "end")
    return drawing.text()


def events_at_every_step(size: int) -> bytes:
    """Each step with a timer at its edge that leads back to the first."""
    drawing = _begun()
    first = drawing.node("first", "exclusiveGateway")
    drawing.flow("start", first)
    last = first
    for number in range(size):
        step = drawing.node(f"t{number}")
        drawing.parts.append(
            f'<boundaryEvent id="b{number}" attachedToRef="{step}"><timerEventDefinition><timeDuration>PT{number + 1}H'
            "</timeDuration></timerEventDefinition></boundaryEvent>"
        )
        drawing.flow(f"b{number}", first)
        drawing.flow(last, step)
        last = step
    drawing.flow(last, "end")
    return drawing.text()


def pools_in_a_ring(size: int) -> bytes:
    """Pools each of which waits for the one before it and writes to the one behind it."""
    participants = "".join(f'<participant id="q{n}" name="q{n}" processRef="p{n}"/>' for n in range(size))
    messages = "".join(f'<messageFlow id="m{n}" sourceRef="o{n}" targetRef="i{(n + 1) % size}"/>' for n in range(size))
    processes = "".join(
        f'<process id="p{n}"><startEvent id="a{n}"/><sendTask id="o{n}"/><receiveTask id="i{n}"/><endEvent id="z{n}"/>'
        f'<sequenceFlow id="x{n}" sourceRef="a{n}" targetRef="o{n}"/>'
        f'<sequenceFlow id="y{n}" sourceRef="o{n}" targetRef="i{n}"/>'
        f'<sequenceFlow id="w{n}" sourceRef="i{n}" targetRef="z{n}"/></process>'
        for n in range(size)
    )
    return file(f'<collaboration id="c">{participants}{messages}</collaboration>{processes}')


def calls_in_a_row(size: int) -> bytes:
    """Processes each of which calls the next one twice: 2^size steps if they were copied in."""

    def process(n: int) -> Iterator[str]:
        yield f'<process id="p{n}"><startEvent id="a{n}"/><endEvent id="z{n}"/>'
        for place in "cd":
            called = f' calledElement="p{n + 1}"' if n + 1 < size else ""
            yield f'<callActivity id="{place}{n}"{called}/>'
        yield f'<sequenceFlow id="x{n}" sourceRef="a{n}" targetRef="c{n}"/>'
        yield f'<sequenceFlow id="y{n}" sourceRef="c{n}" targetRef="d{n}"/>'
        yield f'<sequenceFlow id="w{n}" sourceRef="d{n}" targetRef="z{n}"/></process>'

    return file("".join(part for n in range(size) for part in process(n)))


def calls_itself(_size: int) -> bytes:
    """A process that calls itself."""
    return file(
        '<process id="p"><startEvent id="a"/><callActivity id="c" calledElement="p"/><endEvent id="z"/>'
        '<sequenceFlow id="x" sourceRef="a" targetRef="c"/><sequenceFlow id="y" sourceRef="c" targetRef="z"/></process>'
    )


def bounded_loops(size: int) -> bytes:
    """Loops in a row, each of which a case may take a thousand times at most."""
    drawing = _begun()
    last = "start"
    for number in range(size):
        join, split = drawing.node(f"j{number}", "exclusiveGateway"), drawing.node(f"s{number}", "exclusiveGateway")
        drawing.way(last, join, drawing.node(f"t{number}"), split)
        drawing.parts.append(
            f'<sequenceFlow id="b{number}" sourceRef="{split}" targetRef="{join}"><extensionElements>'
            '<gov:branch probability="0.5" most="1000"/></extensionElements></sequenceFlow>'
        )
        last = split
    drawing.flow(last, "end")
    return drawing.text()


def data_beside(size: int) -> bytes:
    """Data that no step reads or writes, and notes at one step."""
    parts = (
        f'<dataObject id="d{n}"/><dataObjectReference id="r{n}" dataObjectRef="d{n}"/><textAnnotation id="n{n}">'
        f'<text>n</text></textAnnotation><association id="a{n}" sourceRef="n{n}" targetRef="t"/>'
        for n in range(size)
    )
    return file(f'<process id="p"><task id="t"/>{"".join(parts)}</process>')


Family = Callable[[int], bytes]

#: Every family, by name.
FAMILIES: dict[str, Family] = {
    family.__name__: family
    for family in (
        chain,
        unconnected,
        choices_in_a_row,
        parallels_in_a_row,
        inclusives_in_a_row,
        wide_parallel,
        wide_inclusive,
        wide_choice,
        back_to_every_earlier,
        nested_parallels,
        nested_choices,
        nested_inclusives,
        nested_loops,
        nested_sub_processes,
        nested_lanes,
        every_split_to_every_join,
        crossed,
        choices_into_one_join,
        events_at_every_step,
        pools_in_a_ring,
        calls_in_a_row,
        calls_itself,
        bounded_loops,
        data_beside,
    )
}
