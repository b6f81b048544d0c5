"""`zaizao org due` and `zaizao org calendar`."""


def test_a_due_date_across_a_holiday_explains_itself(run):
    answer = run("org", "due", "2026-09-28", "3", "workday", "--json")

    assert answer.code == 0
    assert answer.json["due"] == "2026-10-08T17:30:00+08:00"
    assert [item["date"] for item in answer.json["skipped"]] == [f"2026-10-0{day}" for day in range(1, 8)]
    assert {item["why"] for item in answer.json["skipped"]} == {"holiday"}
    assert answer.json["status"] == "official"


def test_a_stop_takes_out_its_days(run):
    plain = run("org", "due", "2026-03-02", "5", "workday", "--json").json["due"]
    stopped = run("org", "due", "2026-03-02", "5", "workday", "--stop", "2026-03-03/2026-03-04", "--json").json["due"]

    assert plain.startswith("2026-03-09")
    assert stopped.startswith("2026-03-11")


def test_a_year_that_is_not_published_is_said_to_be_estimated(run):
    answer = run("org", "due", "2026-12-30", "20", "workday")

    assert answer.code == 0
    assert "推算" in answer.out


def test_a_year_without_a_calendar_is_named(run):
    answer = run("org", "due", "2190-01-01", "3", "workday")

    assert answer.code == 2
    assert "2190" in answer.err
    assert answer.out == ""


def test_wrong_words_get_one_sentence(run):
    for arguments, named in [
        (("org", "due", "tomorrow", "3", "workday"), "tomorrow"),
        (("org", "due", "2026-01-05", "three", "workday"), "three"),
        (("org", "due", "2026-01-05", "3", "year"), "workday"),
        (("org", "due", "2026-01-05", "3", "day", "--stop", "2026-01-09/2026-01-06"), "2026-01-09/2026-01-06"),
    ]:
        answer = run(*arguments)

        assert answer.code == 2
        assert named in answer.err
        assert answer.err.count("\n") == 1


def test_a_calendar_lists_make_up_days(run):
    answer = run("org", "calendar", "2026", "--json")
    made_up = [day for item in answer.json["holidays"] for day in item["make_up"]]

    assert answer.json["status"] == "official"
    assert sorted(made_up) == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
