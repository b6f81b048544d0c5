"""Live cases at the front door: a store's procedures as models, its records with the names people know."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bpmn import Model, UnreadableFile, read
from bpmn.calls import flattened
from bpmn.history import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from store import Store


def models_of(store: Store) -> Callable[[str], Model | None]:
    """What gives the procedure of a version by its digest, its calls filled in; each is read once."""
    from store.errors import NoSuchProcedure

    @lru_cache(maxsize=256)
    def model_of(digest: str) -> Model | None:
        try:
            with store.reading() as reading:
                row = reading.procedure(digest)
            library = {name: read(source) for name, source in row.library.items() if not name.endswith(".dmn")}
            return flattened(read(row.source), library).model
        except (NoSuchProcedure, UnreadableFile):
            return None

    return model_of


def names_of(model_of: Callable[[str], Model | None]) -> Callable[[Record], str]:
    """What gives the name of the element a record is about."""

    def name(record: Record) -> str:
        model = model_of(record.version) if record.version and record.element else None
        node = model.node.get(record.element) if model is not None else None
        return node.name if node is not None else ""

    return name
