"""Check the documentation: every link leads somewhere, and the command reference says what the commands say.

`python docs/check.py --write` writes the command reference anew.
"""

import re
import sys
from pathlib import Path

import click

from reports.words import load
from zaizao.cli import front
from zaizao.cli.worded import Call, Group
from zaizao.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ROOT / "docs" / "reference" / "commands.md"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
HEAD = """# Commands

Messages and help are in Chinese by default; `--lang en` or `ZAIZAO_LANG=en` makes them English, as below. With `--json`
a command prints one JSON object a line. Exit codes: 0 done · 1 problems found in a file · 2 wrong call or refused
command · 3 the machine failed (disk, memory).
"""


def reference() -> str:
    """Write the help of every command, in the order of the work."""
    call = Call(settings=Settings(language="en"), words=load("en"))
    parts = [HEAD]
    waiting: list[tuple[click.Command, click.Context | None, str]] = [(front, None, "zaizao")]
    while waiting:
        command, parent, name = waiting.pop(0)
        context = click.Context(command, parent=parent, info_name=name, obj=call, max_content_width=100)
        parts.append(f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n")
        if isinstance(command, Group):
            members = [(command.get_command(context, member), context, member) for member in command.members]
            waiting = [(found, above, member) for found, above, member in members if found is not None] + waiting
    return "\n".join(parts)


def dead_links() -> list[str]:
    """Name every relative link of a page that leads nowhere."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("flows/*/*.md")]
    return [
        f"{page.relative_to(ROOT)}: {link}"
        for page in sorted(pages)
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]


def main() -> None:
    """Check, or write."""
    if "--write" in sys.argv[1:]:
        COMMANDS.write_text(reference(), encoding="utf-8")
    faults = [f"dead link in {link}" for link in dead_links()]
    if not COMMANDS.exists() or COMMANDS.read_text(encoding="utf-8") != reference():
        faults.append("docs/reference/commands.md is out of date: run python docs/check.py --write")
    if faults:
        sys.exit("\n".join(faults))
    print("docs: links and command reference are in order")


if __name__ == "__main__":
    main()
