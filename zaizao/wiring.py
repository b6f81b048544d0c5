"""What is joined at the front door: the clock, the version, the compiler's cache, and the kernel warmed at set-up."""

import os
import stat
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
    """Choose where the compiler keeps the kernel, where an installation has no place for it that can be written.

    An installation that was warmed keeps it beside the kernel's sources, for all its users; otherwise each user has a
    folder for each version, since code compiled from older sources must never run.
    """
    package = Path(__file__).resolve().parent.parent / "analysis" / "simulation"
    if "NUMBA_CACHE_DIR" in environment or os.access(package, os.W_OK) or any(package.glob("__pycache__/kernel-*")):
        return
    home = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = home / "zaizao" if _is_writable(home) else _own_temporary_folder()
    environment["NUMBA_CACHE_DIR"] = str(place / version())


def _own_temporary_folder() -> Path:
    """Give a folder that lasts between runs and that nobody else can have put code into."""
    folder = Path(tempfile.gettempdir()) / f"zaizao-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    is_own = stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid() and not seen.st_mode & 0o077
    return folder if is_own else Path(tempfile.mkdtemp(prefix="zaizao-"))


def _is_writable(folder: Path) -> bool:
    """Whether a folder can be written, or made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def warm_up() -> None:
    """Compile the simulation kernel, so that the first study does not wait for it."""
    prepare(os.environ)
    from analysis.simulation import warm

    warm()
