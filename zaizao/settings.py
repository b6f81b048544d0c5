"""What a user may set: the language and the time zone, from the command line or the environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one call."""

    #: "zh" or "en"; `--lang`, else ZAIZAO_LANG, else Chinese.
    language: str = "zh"
    #: The zone of date-times without an offset; ZAIZAO_TIMEZONE.
    timezone: str = "Asia/Shanghai"


def settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Read the settings before anything is parsed, so that help and refusals speak the user's language too."""
    wanted = environment.get("ZAIZAO_LANG", "")
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
        elif argument == "--lang" and position + 1 < len(arguments):
            wanted = arguments[position + 1]
    language = wanted if wanted in LANGUAGES else "zh"
    return Settings(language=language, timezone=environment.get("ZAIZAO_TIMEZONE", "") or "Asia/Shanghai")
