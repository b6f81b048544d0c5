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
    #: Hosts that outgoing calls may reach, and the folder they may be dropped in; ZAIZAO_OUTGOING_HOSTS (with commas)
    #: and ZAIZAO_OUTGOING_FOLDER.
    outgoing_hosts: tuple[str, ...] = ()
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
        outgoing_hosts=tuple(filter(None, map(str.strip, environment.get("ZAIZAO_OUTGOING_HOSTS", "").split(",")))),
        outgoing_folder=environment.get("ZAIZAO_OUTGOING_FOLDER", "").strip(),
    )
