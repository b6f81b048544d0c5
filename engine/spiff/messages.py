"""Messages that lie in a case until somebody waits for them, and whether they are the ones waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spiff.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.token import Token


class Letter(Place):
    """Where a message lies that nobody waits for yet."""

    weighs = False
    stays = True
    tells = ""


def fits(token: Token, letter: Mapping[str, Any]) -> bool:
    """Whether a message is correlated with what a token waits for."""
    expected = token.more.get("c", "")
    return not expected or not letter.get("c") or expected == letter["c"]


def take_letter(token: Token) -> bool:
    """Whether a message for a token that begins to wait lies there already; then it is taken."""
    case = token.workflow
    for lying in list(case.letters.values()):
        letter = lying.more["l"]
        if token.task_spec.name in letter["to"] and fits(token, letter):
            case.remove(lying, "done")
            case.write(token, letter.get("d", {}))
            return True
    return False
