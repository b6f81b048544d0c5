"""From a model to a program: every node becomes a place, every flow that a token can take leads to one.

The rules are those of the token game in `bpmn.control_flow`. `Places` makes the places of one file; here files are put
together: processes called, pools, messages. Cost: linear in the files that are needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from bpmn.begin import Beginning, beginning, processes_of
from bpmn.calls import called_names, called_task
from bpmn.control_flow import control_flow
from bpmn.decisions import Decisions
from bpmn.model import Model, Node
from engine.errors import Unrunnable
from engine.spiff.activities import Activity, Receive
from engine.spiff.compensation import Undoing
from engine.spiff.correlation import correlation_of
from engine.spiff.events import EventGateway
from engine.spiff.letters import Letters
from engine.spiff.loops import Loop, MultiInstance
from engine.spiff.messages import Letter
from engine.spiff.place import Flow, Place, Specification
from engine.spiff.places import Places
from engine.spiff.program import Program, named
from engine.spiff.refusals import refusals
from engine.spiff.scopes import Call, Inner, Pool, Together

_NONE: Mapping[str, Model] = MappingProxyType({})


def compiled(
    model: Model,
    library: Mapping[str, Model] = _NONE,
    decisions: Sequence[Decisions] = (),
    *,
    skip_scripts: bool = False,
) -> Program:
    """Make a model ready to run; raises `Unrunnable` with everything that cannot be run.

    `library` holds other files whose processes may be called, `decisions` the decisions that business rule tasks may
    ask for. With `skip_scripts` scripts of other languages are passed as if they did nothing.
    """
    problems = refusals(model, library, skip_scripts=skip_scripts)
    if problems:
        raise Unrunnable(problems)
    known = frozenset(decision.id for one in decisions for decision in one.decisions)
    return _Compiler(model, library, known).program()


class _Compiler:
    def __init__(self, model: Model, library: Mapping[str, Model], decisions: frozenset[str]) -> None:
        self.model = model
        self.library = library
        self.decisions = decisions
        self.spec = Specification(model.id or "program")
        self.made: dict[str, Places] = {}
        #: The file each call's process stands in, by the place of the call.
        self.called: dict[str, str] = {}
        self.own_called: set[str] = set()
        procedure = model.procedure_process
        #: The process of the procedure itself, if there is one.
        self.own = frozenset({procedure.id} if procedure is not None else ())

    def program(self) -> Program:
        """Build everything."""
        own = self._build("", self.model)
        self._calls()
        pools = {process.id: self._pool(own, process.id) for process in self.model.processes}
        begun = self._beginning()
        root = self._root(pools)
        opens = dict(self._openings(own, pools, root))
        letters = Letters(self.model, self.made, begun, opens)
        receivers = letters.join()
        letter, undoing = Letter(self.spec, "message~", None), Undoing(self.spec, "undo~", None)
        places = {name: place for name, place in self.spec.task_specs.items() if isinstance(place, Place)}
        return Program(
            model=self.model,
            library=self.library,
            specification=self.spec,
            root=root,
            places=places,
            pools=pools,
            inner=dict(self._insides()),
            beginning=begun,
            opens=opens,
            receivers=receivers,
            informs=letters.informs(),
            hearers=letters.hearers,
            titles=dict(letters.titles()),
            reads=dict(_reads(self.made.values())),
            correlation=correlation_of(self.made.values()),
            letter=letter,
            undoing=undoing,
            called=self.called,
            applicants=frozenset(self.model.applicant_processes - self.own),
            has_prefixes=any(place.prefix for place in places.values()),
            has_conditions=any(_is_condition(place) for place in places.values()),
            before=_before(places.values()),
        )

    def _insides(self) -> Iterator[tuple[str, Inner]]:
        """What stands inside every process, by its name."""
        for holder, places in self.made.items():
            for process in places.model.processes:
                yield named(holder, process.id), places.inner_of("/" + process.id)

    def _build(self, holder: str, model: Model) -> Places:
        tasks = frozenset(node.called for node in model.nodes if self._is_task(node))
        made = self.made[holder] = Places(self.spec, holder, model, self.decisions, tasks)
        made.build()
        return made

    def _is_task(self, node: Node) -> bool:
        """Whether a call activity calls a global task."""
        if node.kind != "callActivity" or not node.called or self._holder(node.called) is not None:
            return False
        return called_task(node, self.model, self.library) is not None

    # Calls

    def _calls(self) -> None:
        """Lead every call to the process it calls, in files that are built as they are needed."""
        waiting = [""]
        while waiting:
            made = self.made[waiting.pop()]
            for node in made.model.nodes:
                place = made.body(node.id)
                found = self._holder(node.called) if isinstance(place, Call) else None
                if not isinstance(place, Call) or found is None:
                    continue
                holder, process = found
                if holder not in self.made:
                    self._build(holder, self.library[holder])
                    waiting.append(holder)
                self._join_call(place, made.holder, holder, process)

    def _holder(self, called: str) -> tuple[str, str] | None:
        """The file a called process stands in, and its id there."""
        for name in called_names(called):
            for key, model in (("", self.model), *self.library.items()):
                if name in model.process:
                    return key, name
        return None

    def _join_call(self, place: Call, caller: str, holder: str, process: str) -> None:
        target = self.made[holder]
        place.inner = target.inner_of("/" + process)
        assert place.node is not None
        for name in {place.name, place.name.removesuffix("*")}:
            self.called[name] = holder
        if holder or process in self.own_called | self.own:
            place.prefix = f"{place.node.id}/"
        if not holder:
            self.own_called.add(process)
        _map_data(place, self.made[caller], target, process)

    # Pools

    def _pool(self, own: Places, process: str) -> Pool:
        name = process if process not in self.spec.task_specs else f"{process}/"
        pool = Pool(self.spec, name)
        pool.inner = own.inner_of("/" + process)
        return pool

    def _beginning(self) -> Beginning:
        processes = processes_of(self.model) - (self.own_called - self.own)
        return beginning(self.model, control_flow(self.model), processes)

    def _root(self, pools: Mapping[str, Pool]) -> Pool | Together:
        """The one process there is, or all together."""
        alone = [pool for process, pool in pools.items() if process not in self.own_called - self.own]
        return alone[0] if len(alone) == 1 else Together(self.spec, "case~", None)

    def _openings(self, own: Places, pools: Mapping[str, Pool], root: Pool | Together) -> Iterator[tuple[str, Pool]]:
        """Starts that open a pool beside others, by their place."""
        for scope in own.flow.scopes if isinstance(root, Together) else ():
            if scope.node or (scope.process in self.own_called - self.own and len(pools) > 1):
                continue
            for number in scope.starts:
                place = own.at[own.flow.vertices[number].node]
                if isinstance(place, (EventGateway, Receive)) or (place.node is not None and place.node.events):
                    yield place.name, pools[scope.process]


def _map_data(call: Call, caller: Places, target: Places, process: str) -> None:
    """Where the called process says what it takes and gives, it has data of its own; else it shares the caller's."""
    takes = [data for data in target.model.data if data.process == process and data.kind == "dataInput"]
    gives = [data for data in target.model.data if data.process == process and data.kind == "dataOutput"]
    takes = [data for data in takes if not data.scope and data.name]
    gives = [data for data in gives if not data.scope and data.name]
    if not takes and not gives:
        return
    assert call.node is not None
    read = [caller.datum(reference) for reference in call.node.reads]
    written = [caller.datum(reference) for reference in call.node.writes]
    if isinstance(call.loop, MultiInstance):
        read, written = call.loop.of_instance(read, written)
    call.takes = dict(_matched([target.datum(data.id) for data in takes], read))
    call.returns = dict(_matched([target.datum(data.id) for data in gives], written))
    call.has_data, call.sees_out = True, False


def _matched(inside: Sequence[str], outside: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stands for what: by equal names, the rest in its order, else the same name outside."""
    left = [name for name in outside if name not in inside]
    for name in inside:
        if name in outside or not left:
            yield name, name
        else:
            yield name, left.pop(0)


def _reads(made: Iterable[Places]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for places in made:
        for node in places.model.nodes:
            if node.reads:
                names = tuple(dict.fromkeys(places.datum(reference) for reference in node.reads))
                yield places.body(node.id).name, names
                yield places.at[node.id].name, names


def _is_condition(place: Place) -> bool:
    return any(trigger.kind == "conditional" for trigger in place.triggers)


def _before(places: Iterable[Place]) -> dict[str, tuple[Place, ...]]:
    """The places from which a token comes to each place."""
    found: dict[str, list[Place]] = {}
    for place in places:
        following = [out.target if isinstance(out, Flow) else out for out in place.exits]
        if isinstance(place, Activity) and not (place.loop is not None and not isinstance(place, Loop)):
            following += place.boundary
        for target in following:
            found.setdefault(target.name, []).append(place)
    return {name: tuple(before) for name, before in found.items()}
