"""Drawings that grow or nest without end are answered by every command."""

import pytest

from tests.hostile.families import FAMILIES, bounded_loops, chain, unconnected

#: Of these fewer are drawn, and fewer ways searched for, so that the tests stay short.
SMALLER = {"every_split_to_every_join": 20, "back_to_every_earlier": 25, "calls_in_a_row": 8, "nested_inclusives": 10}
COMMANDS = (
    ("check", "{file}"),
    ("check", "{file}", "--for", "run", "--json"),
    ("draw", "{file}", "-o", "out.svg"),
    ("draw", "{file}", "-o", "out.bpmn"),
    ("time", "{file}", "--cases", "50"),
    ("find", "{file}"),
)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_command_answers_a_family_that_explodes(call, save, name):
    file = save(FAMILIES[name](SMALLER.get(name, 50)))

    for command in COMMANDS:
        call(*(word.format(file=file) for word in command))


@pytest.mark.parametrize("name", ["back_to_every_earlier", "crossed", "choices_in_a_row", "nested_inclusives"])
def test_a_study_answers_a_family_that_explodes(call, save, name):
    call("study", save(FAMILIES[name](SMALLER.get(name, 50))), "-o", "out", "--cases", "50")


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "every_split_to_every_join"])
def test_check_answers_ten_times_as_much(call, save, name):
    size = 150 if name == "back_to_every_earlier" else 500

    call("check", save(FAMILIES[name](size)))


def test_a_sound_drawing_stays_sound_however_long(call, save):
    for name in ("choices_in_a_row", "parallels_in_a_row", "wide_parallel", "nested_parallels", "nested_choices"):
        answer = call("check", save(FAMILIES[name](500)), "--json")

        assert '"error"' not in answer.out, name


def test_what_is_wrong_is_found_however_wide(call, save):
    answer = call("check", save(FAMILIES["choices_into_one_join"](500)), "--json")

    assert answer.code == 1
    assert '"deadlock"' in answer.out


def test_thousands_of_steps_fit_into_the_memory_and_time_of_a_small_machine(child, save):
    long, loose = save(chain(10_000), "chain.bpmn"), save(unconnected(10_000), "loose.bpmn")

    assert child("check", long, loose).code == 0
    assert child("time", loose, "--cases", "200").code == 0


def test_more_steps_than_a_run_has_room_for_are_refused_in_a_sentence(call, save, monkeypatch):
    monkeypatch.setattr("analysis.simulation.drive._MOST_OF_ALL", 1_000_000)
    monkeypatch.setattr("analysis.simulation.drive._MOST_ON_AVERAGE", 300)

    answer = call("time", save(chain(500)), "--cases", "1000000", "--lang", "en")

    assert answer.code == 2
    assert "fewer --cases" in answer.err


def test_what_nobody_could_read_is_neither_redesigned_nor_reported(call, save, monkeypatch):
    monkeypatch.setattr("zaizao.cli.simulating.MOST_REDESIGNED", 40)
    path = save(chain(50))

    for command in (("study", path, "-o", "out"), ("redesign", path, "-o", "out.bpmn")):
        answer = call(*command, "--lang", "en")

        assert answer.code == 2
        assert "52 elements" in answer.err


def test_what_nobody_could_see_is_not_laid_out_but_drawn_where_it_has_its_diagram(call, save, monkeypatch):
    path = save(chain(50))
    assert call("draw", path, "-o", "drawn.bpmn").code == 0
    monkeypatch.setattr("zaizao.cli.draw.MOST_LAID_OUT", 100)

    refused = call("draw", path, "-o", "out.svg", "--lang", "en")

    assert refused.code == 2
    assert "lay out" in refused.err
    assert call("draw", "drawn.bpmn", "-o", "out.svg").code == 0
    assert call("draw", "drawn.bpmn", "-o", "out.svg", "--relayout").code == 2


def test_data_and_notes_by_the_thousand_are_laid_out(call, save):
    assert call("draw", save(FAMILIES["data_beside"](3_000)), "-o", "out.svg").code == 0


def test_loops_that_are_bounded_one_in_another_are_not_copied_without_end(call, save):
    call("time", save(bounded_loops(60)), "--cases", "20")
