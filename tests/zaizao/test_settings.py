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
