import re
import tomllib
from importlib import resources

import pytest

from reports.errors import MissingWord, UnknownLanguage
from reports.words import LANGUAGES, fields_of, load

#: Keys made of a fixed part and a name that data holds; every one of their sentences counts as used.
FAMILIES = (
    "basis", "by", "class", "clock", "distribution", "kind", "known", "limit", "measure", "note", "outcome", "part",
    "proof", "finding", "move", "missing", "why-not-moved", "obligation", "portfolio", "side", "source", "unit",
    "why-not", "problem", "said", "error", "cli", "count", "report.headline", "report.lead", "report.cut",
    "report.flow", "report.clocks", "report.sensitivity", "report.findings", "report.pareto", "method", "docx",
    "xlsx",
)  # fmt: skip
KEY = re.compile(r"""words(?:\.counted)?\(\s*f?["']([a-z][\w.-]*(?:\.[\w{}.-]+)*)["']""")


def sources(root):
    files = [*root.glob("reports/*.py"), *root.glob("reports/templates/*.jinja"), *root.glob("zaizao/**/*.py")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_language_has_the_same_keys():
    """But for the problems of files: their English sentences are their own messages."""
    first, *others = [
        {key for key in load(language).sentences if not key.startswith(("problem.", "said."))} for language in LANGUAGES
    ]

    assert all(other == first for other in others), [sorted(other ^ first) for other in others]


def test_every_sentence_has_the_same_fields_in_every_language():
    first, *others = [load(language).sentences for language in LANGUAGES]
    differing = [
        key for key in first for other in others if fields_of(first[key]) != fields_of(other.get(key, first[key]))
    ]

    assert differing == []


def test_every_key_the_program_asks_for_exists(root):
    asked = {key for key in KEY.findall(sources(root)) if "{" not in key and not key.endswith(".")}
    known = load("zh").sentences

    missing = {key for key in asked if key not in known and not {f"{key}.one", f"{key}.other"} <= set(known)}

    assert missing == set()
    assert len(asked) > 60


def test_every_sentence_is_used(root):
    text = sources(root)
    keys = [key for key in load("zh").sentences if not key.startswith(FAMILIES)]
    keys = [key.removesuffix(".one").removesuffix(".other") for key in keys]

    assert [key for key in keys if f"'{key}'" not in text and f'"{key}"' not in text] == []


def test_every_family_is_asked_for_by_the_program(root):
    text = sources(root)

    assert [name for name in FAMILIES if f"{name}." not in text and f"{name}-" not in text] == []


def test_every_note_and_every_reason_has_its_sentence(root):
    named = set()
    for file in ("analysis/time.py", "reports/comparison.py"):
        text = (root / file).read_text(encoding="utf-8")
        for block in re.findall(r"told = \{(.*?)\n    \}", text, re.DOTALL):
            named |= {f"note.{name}" for name in re.findall(r'"([a-z-]+)":', block)}
        named |= {f"why-not.{name}" for name in re.findall(r'reasons\.append\("([a-z-]+)"\)', text)}
    sweeps = (root / "analysis" / "sweeps.py").read_text(encoding="utf-8")
    named |= {f"note.{name}" for name in re.findall(r'\*result\.notes, "([a-z-]+)"', sweeps)}

    assert len(named) > 10
    assert named == {key for key in load("zh").sentences if key.startswith(("note.", "why-not."))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_begins_or_ends_with_a_blank(language):
    for key, sentence in load(language).sentences.items():
        if not key.startswith(("list.", "cli.")):
            assert sentence
            assert sentence.strip() == sentence, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_of_words_is_a_table_of_sentences_alone(language):
    text = (resources.files("reports") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    waiting = [tomllib.loads(text)]
    while waiting:
        for value in waiting.pop().values():
            assert isinstance(value, (str, dict))
            if isinstance(value, dict):
                waiting.append(value)


def test_a_missing_sentence_is_named():
    with pytest.raises(MissingWord, match=r"no\.such\.key"):
        load("en")("no.such.key")


def test_an_unknown_language_is_named():
    with pytest.raises(UnknownLanguage, match="fr"):
        load("fr")


def test_a_value_from_a_file_is_text_never_a_format():
    said = load("en")("report.headline.one", title="{0.__class__}", time="{time.x}")

    assert said == "{0.__class__}: mean time {time.x}"


@pytest.mark.parametrize(("count", "said"), [(1, "1 step"), (2, "2 steps"), (0, "0 steps")])
def test_one_thing_is_told_apart_from_several(count, said):
    assert load("en").counted("count.step", count) == said
