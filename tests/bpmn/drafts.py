"""Small files of BPMN, each written for a test of one rule."""

from itertools import pairwise

START = '<startEvent id="s"/>'
END = '<endEvent id="e"/>'
TASK = '<task id="t"/>'
TIMER = "<timerEventDefinition><timeDuration xsi:type='tFormalExpression'>PT1H</timeDuration></timerEventDefinition>"
MESSAGE = '<messageEventDefinition messageRef="m"/>'
ROOT = '<message id="m" name="m"/>'
POOLS = (
    '<participant id="own" processRef="p"/><participant id="other" name="other"/>'
    '<messageFlow id="line" sourceRef="{0}" targetRef="{1}"/>'
)


def way(ids: str, condition: str = "") -> str:
    """Draw the sequence flows of a way such as "s t e", each called by its ends; all have the condition."""
    inside = f"<conditionExpression xsi:type='tFormalExpression'>{condition}</conditionExpression>" * bool(condition)
    ends = ids.split()
    return "".join(
        f'<sequenceFlow id="{one}-{two}" sourceRef="{one}" targetRef="{two}">{inside}</sequenceFlow>'
        for one, two in pairwise(ends)
    )


def node(kind: str, name: str, inside: str = "", **said: str) -> str:
    """Draw an element with attributes and something inside."""
    attributes = "".join(f' {key}="{value}"' for key, value in said.items())
    return f'<{kind} id="{name}"{attributes}>{inside}</{kind}>'


def file(body: str, *, roots: str = "", pools: str = "", **process: str) -> str:
    """Write a file with one process p, executable unless something else is said."""
    said = {"isExecutable": "true", **process}
    attributes = "".join(f' {key}="{value}"' for key, value in said.items())
    collaboration = f'<collaboration id="c">{pools}</collaboration>' * bool(pools)
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:tool="urn:tool">'
        f'{roots}{collaboration}<process id="p"{attributes}>{body}</process></definitions>'
    )


def flow(inside: str, *more: str, name: str = "x") -> str:
    """Write a file with one element between a start and an end."""
    return file(START + inside + END + way(f"s {name} e") + "".join(more))


def messages(source: str, target: str, body: str) -> str:
    return file(body, roots=ROOT, pools=POOLS.format(source, target))


def frame(inside: str, kind: str = "subProcess", **said: str) -> str:
    return flow(node(kind, "x", inside, **said))


def beside(inside: str) -> str:
    """Write a file with an event sub-process that nothing leads to."""
    return file(START + END + way("s e") + node("subProcess", "x", inside, triggeredByEvent="true"))


def at_edge(inside: str, host: str = "task", **said: str) -> str:
    """Write a file with an event b at the edge of a step x, which leads to an end of its own."""
    event = node("boundaryEvent", "b", inside, attachedToRef="x", **said)
    return flow(node(host, "x") + event + node("endEvent", "f"), way("b f"))


def waits(first: str, second: str, *more: str, **said: str) -> str:
    """Write a file with an event-based gateway g before elements a and b."""
    body = START + node("eventBasedGateway", "g", **said) + first + second + END
    return file(body + way("s g a e") + way("g b e") + "".join(more), roots=ROOT)


def data(inside: str, *, kind: str = "task", roots: str = "", **said: str) -> str:
    """Write a file with a step x that holds data."""
    return file(START + node(kind, "x", inside, **said) + END + way("s x e"), roots=roots)


def io(inside: str) -> str:
    return f"<ioSpecification>{inside}</ioSpecification>"


def loop(inside: str, **said: str) -> str:
    attributes = "".join(f' {key}="{value}"' for key, value in said.items())
    return f"<multiInstanceLoopCharacteristics{attributes}>{inside}</multiInstanceLoopCharacteristics>"


def catch(name: str, inside: str) -> str:
    return node("intermediateCatchEvent", name, inside)
