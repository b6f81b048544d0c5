"""Random models to walk through, each made from a seed: nested ones, tangled ones, pools that write to each other."""

from random import Random

from bpmn.build import build
from bpmn.model import Loop

#: Most steps of a structured model.
MOST_STEPS = 12
#: What an event of a kind waits for or throws.
VALUES = {
    "timer": "P1D", "message": "letter", "signal": "bell", "error": "E", "escalation": "X", "conditional": "x > 2",
    "cancel": "",
}  # fmt: skip


def random_model(seed):
    """A model of one of the families, by its seed."""
    random = Random(seed)
    family = random.choices((nested, tangled, pools), (6, 3, 1))[0]
    return family(random)


def nested(random):
    """Blocks in blocks, with events on edges, sub-processes, loops, several ends and ends that stop everything."""
    builder = build("p").start("start")
    nest = Nest(random, builder)
    nest.sequence(0)
    builder.end("end")
    if not nest.is_calm and random.random() < 0.3:
        nest.handler(0)
    if nest.calls:
        builder.process("called").start("called_start")
        nest.calls = False
        nest.sequence(2)
        builder.end("called_end")
    return builder.model


SMALL = ("step", "step", "automatic", "bordered", "repeated", "own_end", "catch", "split", "link", "conditional")
LARGE = ("exclusive", "parallel", "inclusive", "event_based", "loop", "frame", "frame", "aside", "way_out")
CALM = ("step", "step", "automatic", "repeated", "link")
CALM_BLOCKS = ("parallel", "parallel", "inclusive", "inclusive", "exclusive", "loop", "frame")


class Nest:
    """Draws blocks in blocks; names are numbered."""

    def __init__(self, random, builder):
        self.random, self.builder = random, builder
        self.steps = MOST_STEPS
        self.counted = 0
        #: Whether some step calls the second process of the file.
        self.calls = False
        self.may_call = random.random() < 0.3
        #: Whether branches meet again and nothing ends before its time, so that joins have much to do.
        self.is_calm = random.random() < 0.5

    def name(self, kind):
        self.counted += 1
        return f"{kind}{self.counted}"

    def sequence(self, depth):
        for _ in range(self.random.randint(1, 3)):
            self.element(depth)

    def element(self, depth):
        small, large = (CALM, CALM_BLOCKS) if self.is_calm else (SMALL, LARGE)
        options = small if depth > 2 or self.steps < 2 else (*small, *large)
        if self.may_call and depth < 2:
            options += ("call", "call")
        option = self.random.choice(options)
        if option in ("exclusive", "parallel", "inclusive", "event_based"):
            self.block(option, depth)
        elif option in ("loop", "frame", "aside", "way_out", "conditional"):
            getattr(self, option)(depth)
        else:
            getattr(self, option)()

    def step(self, **values):
        self.steps -= 1
        name = self.name("step")
        self.builder.step(name, **values)
        return name

    def automatic(self):
        self.builder.step(self.name("auto"), task="serviceTask")

    def repeated(self):
        kind = self.random.choice(("parallel", "sequential", "standard"))
        condition = "done = true" if self.random.random() < 0.3 else ""
        if kind == "standard":
            condition = "again = true" if condition else ""
        number = self.random.randint(kind == "standard", 3)
        self.step(loop=Loop(kind=kind, cardinality=str(number), condition=condition))

    def call(self):
        """A call of the file's second process, from which nothing is called."""
        self.calls = True
        self.builder.call(self.name("call"), "called")

    def catch(self):
        event, value = self.random.choice((("timer", "P1D"), ("message", "letter"), ("signal", "bell")))
        self.builder.catch(self.name("catch"), event, value)

    def conditional(self, depth):
        self.builder.catch(self.name("until"), "conditional", "x > 2")

    def link(self):
        name, onto = self.name("away"), self.name("link")
        self.builder.throw(name, "link", onto)
        self.builder._ends = []
        self.builder.catch(self.name("back"), "link", onto)

    def split(self):
        """A step with conditions on its ways out, or none."""
        name = self.step()
        self.builder.at(name)
        if self.random.random() < 0.5:
            self.builder.flow(name, self.aside_end(), condition="x > 1")
            self.builder.flow(name, self.aside_end(), default=True)
        else:
            self.builder.flow(name, self.aside_end())

    def aside_end(self):
        stop = self.name("stop")
        self.builder.node(stop, "endEvent")
        return stop

    def bordered(self):
        self.border(self.step())

    def border(self, host, events=("timer", "message", "signal", "error", "escalation", "conditional")):
        event = self.random.choice(events)
        value = VALUES[event]
        interrupting = event in ("error", "cancel") or self.random.random() < 0.6
        if event == "timer" and not interrupting and self.random.random() < 0.5:
            value = "R3/P1D"
        self.builder.boundary(self.name("edge"), event, value, on=host, interrupting=interrupting)
        if self.random.random() < 0.5:
            self.step()
        self.end()
        self.builder.at(host)

    def end(self):
        event, value = self.random.choice((("", ""), ("", ""), ("terminate", ""), ("signal", "bell")))
        self.builder.end(self.name("stop"), event=event, value=value)

    def own_end(self):
        self.builder.exclusive(self.name("apart")).branch()
        if self.random.random() < 0.5:
            self.step()
        self.end()
        self.builder.branch().close()

    def block(self, kind, depth):
        builder = self.builder
        {
            "exclusive": builder.exclusive,
            "parallel": builder.parallel,
            "inclusive": builder.inclusive,
            "event_based": builder.event_based,
        }[kind](self.name(kind))
        for number in range(self.random.randint(2, 4 if self.is_calm else 3)):
            builder.branch()
            if kind == "event_based":
                self.catch()
            if not number or self.random.random() < 0.75:
                self.sequence(depth + 1)
        if self.is_calm or self.random.random() < 0.85:
            builder.join()
        else:
            builder.close()

    def loop(self, depth):
        again = self.name("again")
        self.builder.node(again, "exclusiveGateway").to(again).at(again)
        self.step()
        self.sequence(depth + 1)
        self.builder.exclusive(self.name("more")).branch()
        if self.random.random() < 0.5:
            self.sequence(depth + 1)
        self.builder.to(again).branch().close()

    def way_out(self, depth):
        """A way from inside a branch into the middle of another: no block."""
        builder, merge = self.builder, self.name("merge")
        builder.node(merge, "exclusiveGateway")
        builder.exclusive(self.name("either")).branch()
        self.sequence(depth + 1)
        builder.exclusive(self.name("cross")).branch().to(merge).branch().close()
        self.step()
        builder.branch()
        self.step()
        builder.to(merge).at(merge)
        self.step()
        builder.exclusive(self.name("back")).branch().close().join()

    def aside(self, depth):
        self.builder.parallel(self.name("aside")).branch()
        self.step()
        self.builder.end(self.name("stop")).branch().close()

    def frame(self, depth):
        """A sub-process, once or several times, perhaps with handlers inside and events on its edge."""
        random, builder = self.random, self.builder
        name = self.name("frame")
        kinds = ("", "", "", "parallel", "sequential")
        kind = random.choice(kinds)
        loop = {"loop": Loop(kind=kind, cardinality=str(random.randint(1, 3)))} if kind else {}
        throws = "" if self.is_calm else random.choice(("", "", "error", "escalation", "throw", "cancel"))
        kind = "transaction" if throws == "cancel" else "subProcess"
        builder.sub_process(name, kind=kind, **loop).start(self.name("start"))
        self.sequence(depth + 1)
        if throws == "throw":
            builder.throw(self.name("throw"), "escalation", "X")
            self.step()
        elif throws:
            builder.exclusive(self.name("if")).branch()
            builder.end(self.name("raise"), event=throws, value=VALUES[throws]).branch().close()
        builder.end(self.name("stop"))
        if not self.is_calm and random.random() < 0.4:
            self.handler(depth)
        builder.close()
        if throws in ("error", "cancel"):
            self.border(name, (throws,))
        elif not self.is_calm and random.random() < 0.5:
            self.border(name, ("error", "escalation", "timer", "signal", "conditional"))

    def handler(self, depth):
        """An event sub-process of the frame around it."""
        event = self.random.choice(("message", "timer", "signal", "error", "escalation", "conditional"))
        value = VALUES[event]
        ends = self.builder._ends
        self.builder.sub_process(self.name("handler"), by_event=True)
        interrupting = event == "error" or self.random.random() < 0.5
        if event == "timer" and not interrupting and self.random.random() < 0.5:
            value = "R2/P1D"
        self.builder.start(self.name("start"), event=event, value=value, interrupting=interrupting)
        self.step()
        self.end()
        self.builder.close()
        self.builder._ends = ends


KINDS = (
    "userTask", "userTask", "userTask", "serviceTask", "exclusiveGateway", "exclusiveGateway", "parallelGateway",
    "inclusiveGateway", "inclusiveGateway", "intermediateThrowEvent", "endEvent",
)  # fmt: skip


def tangled(random):
    """Any elements connected in any way: joins that wait for each other, loops of every kind, tokens left over."""
    builder = build("p").node("start", "startEvent")
    names = []
    for number in range(random.randint(4, 10)):
        names.append(f"n{number}")
        builder.node(names[-1], random.choice(KINDS))
    inner = [name for name in names if builder._nodes[name].kind != "endEvent"]
    builder.flow("start", random.choice(names))
    for name in inner:
        is_gateway = builder._nodes[name].is_gateway
        for target in random.sample(names, min(len(names), random.randint(1, 3) if is_gateway else 1)):
            builder.flow(name, target)
    return builder.model


def pools(random):
    """Two offices that write to each other; the second is opened by the arrival of a case, or by a message."""
    builder = build("p", pool="Office")
    sent, awaited = [[], []], [[], []]
    is_opened = random.random() < 0.5
    for number in range(2):
        if number:
            builder.pool("Fire", process="fire")
        builder.start(f"start{number}", event="message" if number and is_opened else "")
        for place in range(random.randint(2, 4)):
            if random.random() < 0.4:
                awaited[number].append(f"catch{number}{place}")
                builder.catch(awaited[number][-1], "message")
            else:
                sent[number].append(f"step{number}{place}")
                builder.step(sent[number][-1])
        builder.end(f"end{number}")
    if is_opened:
        awaited[1].append("start1")
    for number in range(2):
        for catch in awaited[number] if sent[1 - number] else ():
            builder.message(random.choice(sent[1 - number]), catch)
    return builder.model
