"""`zaizao check --fix`: repairing a file and saying what was done."""

from pathlib import Path
from typing import Any

from bpmn.errors import UnreadableFile
from bpmn.fix import Fix
from reports.format import visible
from zaizao.cli.failures import Refusal, Unreadable
from zaizao.cli.files import existing, limits, output, save
from zaizao.cli.text import Column, screen, table
from zaizao.cli.worded import Call


def repair_into(call: Call, files: tuple[str, ...], target: str) -> tuple[Fix, ...]:
    """Repair the one file named and write it; give what was done."""
    from bpmn.fix import repair

    if len(files) != 1:
        raise Refusal("fix_one_file")
    path = output(target, (".bpmn", ".xml"))
    if path.resolve() == Path(files[0]).resolve():
        raise Refusal("fix_same_file", file=files[0])
    names = {"startEvent": call.say("fix.start"), "endEvent": call.say("fix.end")}
    try:
        repaired = repair(existing(files[0]), names=names, limits=limits())
    except UnreadableFile as error:
        raise Unreadable(files[0], error.problem) from None
    save(path, repaired.file)
    return repaired.fixes


def fixes_as_json(call: Call, fixes: tuple[Fix, ...]) -> list[dict[str, Any]]:
    """Give what was done as objects."""
    return [
        {
            "fix": fix.fix,
            "element": fix.element,
            "name": fix.name,
            "line": fix.line,
            "message": fix_sentence(call, fix),
            "details": fix.details,
        }
        for fix in fixes
    ]


def fixes_as_page(call: Call, fixes: tuple[Fix, ...]) -> str:
    """Give what was done in aligned columns."""
    if not fixes:
        return call.say("fix.nothing")
    columns = [
        Column(head=call.say("check.line"), right=True),
        Column(head=call.say("check.element"), shrinks=True),
        Column(head=call.say("check.name"), shrinks=True),
        Column(head=call.say("fix.done")),
    ]
    rows = [[str(fix.line or "—"), fix.element or "—", fix.name or "—", fix_sentence(call, fix)] for fix in fixes]
    return "\n".join([*table(columns, rows, cells=screen()), ""])


def fix_sentence(call: Call, fix: Fix) -> str:
    """Give the sentence for one repair in the user's language."""
    shown = {"element": fix.element, "name": fix.name.strip() or fix.element, **fix.details}
    return call.say(f"fix.{fix.fix}", **{name: visible(value) for name, value in shown.items()})
