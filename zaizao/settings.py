"""What a user may set: language, time zone, limits of files, the database, by the call or the environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LANGUAGES = ("zh", "en")
#: The variable that sets each limit on what is read; their defaults stand in `bpmn.Limits`.
LIMITS = {
    "bytes": "ZAIZAO_MAX_BYTES",
    "nodes": "ZAIZAO_MAX_NODES",
    "markup": "ZAIZAO_MAX_MARKUP",
    "nesting": "ZAIZAO_MAX_NESTING",
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one call."""

    #: "zh" or "en"; `--lang`, else ZAIZAO_LANG, else Chinese.
    language: str = "zh"
    #: The zone of date-times without an offset; ZAIZAO_TIMEZONE.
    timezone: str = "Asia/Shanghai"
    #: The limits that are set, by name, as they were written; they are read by whoever reads a file.
    limits: Mapping[str, str] = field(default_factory=dict)
    #: Where the live cases stand; ZAIZAO_DB, else `zaizao.db` in the current folder.
    database: str = ""
    #: By what new records are hashed, "sha256" or "sm3"; ZAIZAO_HASH.
    algorithm: str = "sha256"
    #: Hosts that outgoing calls may reach, where the call of each name goes, and the folder calls may be dropped in;
    #: ZAIZAO_OUTGOING_HOSTS, ZAIZAO_OUTGOING_ROUTES (name=target), both with commas, and ZAIZAO_OUTGOING_FOLDER.
    outgoing_hosts: tuple[str, ...] = ()
    outgoing_routes: Mapping[str, str] = field(default_factory=dict)
    outgoing_folder: str = ""


def settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Read the settings before anything is parsed, so that help and refusals speak the user's language too."""
    wanted = environment.get("ZAIZAO_LANG", "")
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
        elif argument == "--lang" and position + 1 < len(arguments):
            wanted = arguments[position + 1]
    language = wanted if wanted in LANGUAGES else "zh"
    return Settings(
        language=language,
        timezone=environment.get("ZAIZAO_TIMEZONE", "") or "Asia/Shanghai",
        limits={name: text for name, variable in LIMITS.items() if (text := environment.get(variable, "").strip())},
        database=environment.get("ZAIZAO_DB", "").strip(),
        algorithm=environment.get("ZAIZAO_HASH", "").strip() or "sha256",
        outgoing_hosts=_listed(environment, "ZAIZAO_OUTGOING_HOSTS"),
        outgoing_routes={
            name.strip(): target.strip()
            for name, sign, target in (one.partition("=") for one in _listed(environment, "ZAIZAO_OUTGOING_ROUTES"))
            if sign
        },
        outgoing_folder=environment.get("ZAIZAO_OUTGOING_FOLDER", "").strip(),
    )


def _listed(environment: Mapping[str, str], variable: str) -> tuple[str, ...]:
    """The values of a variable that holds several, with commas."""
    return tuple(filter(None, map(str.strip, environment.get(variable, "").split(","))))
