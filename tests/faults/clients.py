"""Many who want the same at once, or the same again."""

import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bpmn import build, write
from engine.command import Answer, Command
from engine.engine import Engine
from engine.errors import EngineError
from store import Store, connect
from store.errors import StoreError
from tests.faults.faults import Figure, fault
from tests.faults.ground import Ground
from tests.faults.town import Town, engine_of, now

ON_ITEM = ("claim", "release", "begin", "save", "complete", "reject", "return", "fail", "retry")
ON_CASE = ("suspend", "resume", "cancel", "terminate")
OPERATIONS = (*ON_ITEM, *ON_CASE)
PEOPLE = ("王芳", "李强", "赵敏", "陈静")
#: How an item stands when all come at once.
STANDS = ("offered", "claimed", "started", "failed", "suspended")


def contested() -> bytes:
    """A step behind one it can be returned to, that may turn the case down."""
    builder = build("contested").start("s").step("accept", name="受理")
    return write(builder.step("check", name="审查", kind="check", rejects=0.1).step("decide").end("e").model)


@dataclass(frozen=True, kw_only=True)
class Round:
    """What was asked at once about one item, and what came of it."""

    stands: str
    asked: Sequence[Command]
    #: The answer to each, or the refusal.
    replies: Sequence[Answer | Exception]
    left: Any


@fault("two clerks", short={"rounds": 1, "every": 6}, long={"rounds": 20, "every": 1})
def two_clerks(ground: Ground, *, rounds: int, every: int) -> Figure:
    """Four at once, two operations on one item, all pairs of operations; some order of the four explains all."""
    chance = random.Random(3)
    pairs = list(itertools.combinations_with_replacement(OPERATIONS, 2))[::every]
    accepted, refused, wrong = 0, Counter[str](), list[str]()
    with Town(ground.url(), ground.path("town"), cases=0, source=contested()) as town, ExitStack() as stack:
        engines = [engine_of(stack.enter_context(connect(town.url, wait=30.0)), seed) for seed in range(4)]
        plain = stack.enter_context(connect("sqlite://"))
        engine_of(plain).install(contested(), {}, now())
        with ThreadPoolExecutor(4) as pool:
            for number, (pair, _) in enumerate(itertools.product(pairs, range(rounds))):
                found = contest(engines, pool, pair, STANDS[number % len(STANDS)], number, chance)
                accepted += sum(isinstance(reply, Answer) for reply in found.replies)
                names = [type(reply).__name__ for reply in found.replies if isinstance(reply, Exception)]
                refused.update(names)
                if not is_explained(plain, found):
                    wrong.append(f"{pair} on {found.stands}")
                wrong += [f"{pair}: {name}" for name in names if name in ("Busy", "Locked", "StoreError", "Lost")]
    asked = len(pairs) * rounds
    text = (
        f"{asked} rounds of {len(pairs)} pairs by 4 clients: {accepted:,} accepted, {sum(refused.values()):,} refused"
    )
    text += f" by {len(refused)} names, {len(wrong)} that no order explains"
    return Figure(text="; ".join([text, *wrong[:3]]), holds=not wrong)


def contest(
    engines: Sequence[Engine], pool: ThreadPoolExecutor, pair: Sequence[str], stands: str, number: int, chance: Any
) -> Round:
    """Let four clients ask for two operations on one item at once."""
    item = standing(engines[0], stands)
    asked = [asking(do, item, person, f"{number}-{person}") for do, person in zip((*pair, *pair), PEOPLE, strict=True)]
    order = chance.sample(range(4), 4)
    at_once = threading.Barrier(4)
    replies = dict(zip(order, pool.map(lambda one: sent(engines[one], asked[one], at_once), order), strict=True))
    return Round(
        stands=stands, asked=asked, replies=[replies[one] for one in range(4)], left=left(engines[0].store, item)
    )


def standing(engine: Engine, stands: str) -> str:
    """A new case whose item stands as it is said: the item's id."""
    items = engine.perform(Command(do="start", procedure="contested", by="窗口"), now()).items
    items = engine.perform(Command(do="complete", by="窗口", item=items[0]["item"]), now()).items
    item = items[0]["item"]
    for do in {"claimed": ["claim"], "started": ["begin"], "failed": ["fail"]}.get(stands, []):
        engine.perform(Command(do=do, by=PEOPLE[0], item=item), now())
    if stands == "suspended":
        engine.perform(Command(do="suspend", by="窗口", case=case_of(item)), now())
    return str(item)


def case_of(item: str) -> str:
    """The case of an item."""
    return item.rpartition("-")[0]


def asking(do: str, item: str, person: str, key: str) -> Command:
    """A command of an operation."""
    if do in ON_CASE:
        return Command(do=do, by=person, case=case_of(item), key=key)
    data = {"意见": person} if do in ("complete", "save") else {}
    return Command(do=do, by=person, item=item, data=data, to="accept" if do == "return" else "", key=key)


def sent(engine: Engine, command: Command, at_once: threading.Barrier | None = None) -> Answer | Exception:
    """The answer to a command, or its refusal."""
    if at_once is not None:
        at_once.wait()
    try:
        return engine.perform(command, now())
    except (EngineError, StoreError) as error:
        return error


def left(store: Store, item: str) -> Any:
    """How a case stands, without what depends on time and ids."""
    case = case_of(item)
    with store.reading() as reading:
        items = [(one.element, one.state, one.person, one.draft) for one in reading.items(case=case, states=STATES)]
        row, values = reading.case(case), reading.values(case, 0)
        return sorted(items), row.state, row.outcome, values, row.sequence, len(reading.tokens(case))


STATES = ("offered", "claimed", "started", "suspended", "failed", "completed", "withdrawn")


def is_explained(plain: Store, found: Round) -> bool:
    """Whether the four, one after the other in some order, would have been answered the same and left the same."""
    told = [type(reply).__name__ for reply in found.replies]
    return any(in_order(plain, found, order, told) for order in itertools.permutations(range(len(found.asked))))


def in_order(plain: Store, found: Round, order: Sequence[int], told: Sequence[str]) -> bool:
    """Whether commands in an order are answered as it is told, and leave the same."""
    engine = engine_of(plain, random.randrange(1 << 30))
    item = standing(engine, found.stands)
    for one in order:
        command = found.asked[one]
        command = command.evolve(key="", **({"case": case_of(item)} if command.case else {"item": item}))
        if type(sent(engine, command)).__name__ != told[one]:
            return False
    return bool(left(plain, item) == found.left)


@fault("replay", short={"keys": 6, "crash": False}, long={"keys": 200, "crash": True})
def replay(ground: Ground, *, keys: int, crash: bool) -> Figure:
    """Each key sent by eight clients at once, again after a restart, and a day later."""
    wrong = 0
    with Town(ground.url(), ground.path("town"), cases=keys) as town:
        with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
            engines = [engine_of(stack.enter_context(connect(town.url, wait=30.0)), seed) for seed in range(8)]
            with engines[0].store.reading() as reading:
                items = [reading.items(case=case)[0].id for case in town.started]
            commands = [Command(do="complete", by="王芳", item=item, key=f"key-{item}") for item in items]
            first = [eight_times(engines, pool, command) for command in commands]
            wrong += sum(len(texts) != 1 for texts in first)
        if ground.server is not None and crash:
            ground.server.crash()
            ground.server.start()
        with connect(town.url) as store:
            engine = engine_of(store)
            for command, texts in zip(commands, first, strict=True):
                again = {engine.perform(command, now() + later).text for later in (timedelta(), timedelta(days=1))}
                wrong += again != texts
            with store.reading() as reading:
                done = sum(was_completed(reading.records(case)) for case in town.started)
    text = f"{10 * keys:,} sent, {done:,} effects, {wrong} answers that differ"
    return Figure(text=text, holds=done == keys and not wrong)


def eight_times(engines: Sequence[Engine], pool: ThreadPoolExecutor, command: Command) -> set[str]:
    """The different answers eight clients get who send the same at once."""
    at_once = threading.Barrier(8)
    replies = list(pool.map(lambda engine: sent(engine, command, at_once), engines))
    return {reply.text if isinstance(reply, Answer) else repr(reply) for reply in replies}


def was_completed(records: Any) -> int:
    """How many completions a history tells of."""
    return sum('"kind":"completed"' in record.body for record in records)


@fault("stale page", short={}, long={})
def stale_page(ground: Ground) -> Figure:
    """A form drawn before a return, a release, a new draft or a suspension is refused by name."""
    changes: dict[str, Callable[[str], Sequence[Command]]] = {
        "return": lambda item: [Command(do="return", by="王芳", item=item, to="accept")],
        "re-assignment": lambda item: [Command(do="release", by="王芳", item=item),
                                       Command(do="claim", by="李强", item=item)],
        "draft": lambda item: [Command(do="save", by="王芳", item=item, data={"意见": "补正"})],
        "suspension": lambda item: [Command(do="suspend", by="窗口", case=case_of(item))],
    }  # fmt: skip
    names, is_unchanged = {}, True
    with Town(ground.url(), ground.path("town"), cases=0, source=contested()) as town, connect(town.url) as store:
        engine = engine_of(store)
        for name, commands in changes.items():
            item = standing(engine, "claimed")
            with store.reading() as reading:
                seen = reading.item(item).version
            for command in commands(item):
                engine.perform(command, now())
            before = left(store, item)
            page = Command(do="complete", by="王芳", item=item, data={"意见": "同意"}, version=seen, key=f"page-{name}")
            try:
                engine.perform(page, now())
                names[name] = "accepted"
            except (EngineError, StoreError) as error:
                names[name] = type(error).__name__
            is_unchanged &= left(store, item) == before
    text = "refused: " + ", ".join(f"{name} {refusal}" for name, refusal in names.items())
    return Figure(text=text, holds=is_unchanged and "accepted" not in names.values())
