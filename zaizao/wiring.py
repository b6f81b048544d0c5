"""What is joined at the front door: the clock, the version, the compiler's cache, and the kernel warmed at set-up."""

import os
import tempfile
from collections.abc import MutableMapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click


def version() -> str:
    """Give the version that is installed."""
    from importlib import metadata  # 10 ms that only those pay who ask

    return metadata.version("zaizao")


def show(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    """Print the version and leave."""
    if value:
        click.echo(f"zaizao {version()}")
        ctx.exit()


def today(timezone: str) -> date:
    """Give today's date in the office's time zone."""
    return datetime.now(ZoneInfo(timezone)).date()


def prepare(environment: MutableMapping[str, str]) -> None:
    """Give the compiler a folder it can write, where neither the package's nor the user's is one."""
    if "NUMBA_CACHE_DIR" in environment:
        return
    package = Path(__file__).resolve().parent.parent / "analysis" / "simulation"
    user = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if not os.access(package, os.W_OK) and not _writable(user):
        environment["NUMBA_CACHE_DIR"] = str(Path(tempfile.gettempdir()) / f"zaizao-{os.getuid()}")


def _writable(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def warm_up() -> None:
    """Compile the simulation kernel, so that the first study does not wait for it."""
    prepare(os.environ)
    from analysis.simulation import warm

    warm()
