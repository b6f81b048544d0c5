"""Processes that end in the middle of something."""

import random
import time

from tests.faults.faults import Figure, fault
from tests.faults.ground import Ground
from tests.faults.town import LEASE, Town, receiver


@fault(
    "kill -9, random",
    short={"cases": 30, "kills": 12, "lease": 2.0},
    long={"cases": 2_000, "kills": 200, "lease": LEASE},
)
def kill_random(ground: Ground, *, cases: int, kills: int, lease: float) -> Figure:
    """Kill clerks and workers at random moments; each is back at once."""
    chance = random.Random(7)
    workers = 1 if ground.is_sqlite else 4
    begun = time.monotonic()
    with receiver() as outside, Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town:
        settings = {"lease": lease, "batch": 5}
        town.clerks(4)
        for number in range(workers):
            town.worker(f"worker{number}", outside.routes, **settings)
        done = 0
        while done < kills and (done < kills // 2 or not _is_over(town)):
            time.sleep(chance.uniform(0.02, 0.25))
            name = chance.choice(list(town.running))
            town.kill(name)
            done += 1
            if name.startswith("clerk"):
                town.clerk(name)
            else:
                town.worker(name, outside.routes, **settings)
        town.settle()
        town.close()
        found = town.counts(outside.keys)
        errors = town.errors()
    seconds = time.monotonic() - begun
    text = f"{done} kills, {cases:,} cases in {seconds:.0f} s; {found}; {found.repeats} calls repeated under their key"
    return Figure(text=text, holds=found.is_whole and "Traceback" not in errors)


def _is_over(town: Town) -> bool:
    return False
