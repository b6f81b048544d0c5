"""`zaizao redesign` as its users meet it."""

import pytest

from bpmn import build, gives, needs, read, write


@pytest.fixture
def wasteful(tmp_path):
    """A permit with a forward, a repeated check and a paper asked twice."""
    builder = build("permit", name="许可").lane("窗口", level="county").start()
    builder.step("accept", name="受理", kind="accept", work="PT1H", materials=[needs("身份证"), gives("申请书")])
    builder.step("forward", name="转办", kind="forward", work="PT2H").lane("股室", level="county")
    papers = [needs("申请书", origin="internal")]
    builder.step("check", name="核验", kind="check", purpose="title", work="PT3H", materials=papers)
    builder.step("again", name="复核", kind="check", purpose="title", work="PT3H", materials=papers)
    builder.step("ask", name="查税", kind="check", purpose="tax", work="PT1H", materials=[needs("身份证")])
    path = tmp_path / "as-is.bpmn"
    path.write_bytes(write(builder.step("decide", name="决定", kind="decide", work="PT1H").end().model))
    return path


def test_the_better_file_is_written_and_can_be_undone_to_the_byte(run, wasteful, tmp_path):
    after, undone = tmp_path / "to-be.bpmn", tmp_path / "undone.bpmn"

    made = run("redesign", wasteful, "-o", after, "--json")
    back = run("redesign", after, "--undo", "-o", undone)

    assert made.code == back.code == 0
    assert made.json["cuts"]["steps"] == 2
    assert {"forward", "again"} & set(read(after).node) == set()
    assert all(one["holds"] for one in made.json["proof"])
    assert undone.read_bytes() == wasteful.read_bytes()


def test_a_file_with_nothing_to_do_is_written_as_it_is(run, wasteful, tmp_path):
    once, twice = tmp_path / "once.bpmn", tmp_path / "twice.bpmn"
    run("redesign", wasteful, "-o", once)

    answer = run("redesign", once, "-o", twice, "--json")

    assert answer.code == 0
    assert answer.json["moves"] == []
    assert twice.read_bytes() == once.read_bytes()


def test_what_could_be_done_is_listed_without_a_file(run, wasteful, tmp_path):
    answer = run("redesign", wasteful, "--list", "--lang", "en")

    assert answer.code == 0
    assert "转办" in answer.out
    assert "together" in answer.out
    assert list(tmp_path.iterdir()) == [wasteful]


def test_each_size_and_the_bound_are_told(run, wasteful):
    answer = run("redesign", wasteful, "--list", "--json").json

    saved = [one["saving"]["elapsed_working_s"] for one in answer["line"]]
    assert saved == sorted(saved)
    assert answer["bound"] >= saved[-1]
    assert answer["complete"] is True


@pytest.mark.parametrize(("asked", "most"), [(("--budget", 1), 1), (("--target", "20%"), 1)])
def test_few_moves_can_be_asked_for(run, wasteful, asked, most):
    answer = run("redesign", wasteful, "--list", "--json", *asked).json

    assert 0 < len(answer["moves"]) <= most


def test_a_target_that_is_missed_is_said(run, wasteful):
    answer = run("redesign", wasteful, "--list", "--target", "99", "--lang", "en")

    assert answer.code == 0
    assert "cuts 99" in answer.out


def test_steps_can_be_kept_and_findings_left_out(run, wasteful):
    answer = run("redesign", wasteful, "--list", "--json", "--keep", "forward", "--without", "repeated-check").json

    why = {one["finding"]: one["why"] for one in answer["refused"]}
    assert why["pass-through"] == "kept"
    assert why["repeated-check"] == "left-out"


@pytest.mark.parametrize(
    "wrong",
    [
        ("--only", "no-such-finding"),
        ("--keep", "no-such-step"),
        ("--target", "0"),
        ("--target", "a lot"),
        ("--budget", "-1"),
    ],
)
def test_a_wrong_call_is_refused_in_a_sentence(run, wasteful, wrong):
    answer = run("redesign", wasteful, "--list", *wrong)

    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert answer.err.strip()


def test_without_a_target_file_nothing_is_done(run, wasteful):
    assert run("redesign", wasteful).code == 2


def test_a_file_that_was_never_redesigned_cannot_be_undone(run, wasteful, tmp_path):
    answer = run("redesign", wasteful, "--undo", "-o", tmp_path / "x.bpmn")

    assert answer.code == 2
    assert not (tmp_path / "x.bpmn").exists()


def test_a_file_changed_since_is_only_undone_by_force(run, wasteful, tmp_path):
    after, undone = tmp_path / "to-be.bpmn", tmp_path / "undone.bpmn"
    run("redesign", wasteful, "-o", after)
    after.write_bytes(after.read_bytes().replace("受理".encode(), "收件".encode()))

    refused = run("redesign", after, "--undo", "-o", undone)
    forced = run("redesign", after, "--undo", "--force", "-o", undone)

    assert refused.code != 0
    assert forced.code == 0
    assert undone.read_bytes() == wasteful.read_bytes()


def test_only_and_without_the_same_finding_is_a_wrong_call(run, wasteful):
    answer = run("redesign", wasteful, "--list", "--only", "pass-through", "--without", "pass-through")

    assert answer.code == 2
