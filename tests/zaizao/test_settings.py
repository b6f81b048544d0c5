"""Where language and time zone come from."""

import pytest

from zaizao.settings import settings


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "zh"),
        ([], {"ZAIZAO_LANG": "en"}, "en"),
        (["--lang", "en"], {}, "en"),
        (["--lang=zh"], {"ZAIZAO_LANG": "en"}, "zh"),
        (["--lang"], {}, "zh"),
        (["--lang", "fr"], {}, "zh"),
    ],
)
def test_the_call_goes_before_the_environment_and_chinese_is_the_default(arguments, environment, language):
    assert settings(arguments, environment).language == language


@pytest.mark.parametrize(
    ("variable", "value", "code", "said"),
    [
        ("ZAIZAO_MAX_NODES", "2", 1, "4"),
        ("ZAIZAO_MAX_BYTES", "100", 1, "MB"),
        ("ZAIZAO_MAX_MARKUP", "10", 1, "10"),
        ("ZAIZAO_MAX_NODES", "many", 2, "ZAIZAO_MAX_NODES"),
        ("ZAIZAO_MAX_NESTING", "0", 2, "ZAIZAO_MAX_NESTING"),
        ("ZAIZAO_MAX_BYTES", "9" * 5_000, 2, "ZAIZAO_MAX_BYTES"),
        ("ZAIZAO_MAX_NODES", " ", 0, ""),
    ],
)
def test_the_limits_of_files_are_settings(run, make, monkeypatch, variable, value, code, said):
    file = make()
    monkeypatch.setenv(variable, value)

    for command in (("check", file), ("draw", file, "-o", file.with_suffix(".svg"))):
        answer = run(*command, "--lang", "en")

        assert answer.code == code
        assert said in answer.out + answer.err
