"""Calling the command line as a user does."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bpmn import build, needs, write
from zaizao.cli import main


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one call printed and how it left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object that was printed."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The objects that were printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a function that calls the command line and returns its answer."""
    monkeypatch.delenv("ZAIZAO_LANG", raising=False)

    def call(*arguments: object) -> Answer:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Answer(code=int(left.value.code or 0), out=printed.out, err=printed.err)

    return call


Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Give a function that writes a small, sound and annotated permit into a file."""

    def save(
        file: str = "permit.bpmn",
        *,
        name: str = "许可",
        work: str = "PT1H",
        staff: int = 2,
        arrivals: float = 2,
        approve: bool = True,
    ) -> Path:
        builder = build("permit", name=name, legal_limit=20, promised_limit=5, arrivals_per_day=arrivals)
        builder.lane("窗口", staff=staff, level="county").start()
        builder.step("accept", name="受理", kind="accept", work="PT10M", materials=[needs("申请书")])
        builder.step("check", name="审查", kind="check", purpose="title", work=work, visit=True)
        if approve:
            builder.step("approve", name="复核", kind="approve", work="PT30M", materials=[needs("申请书")], visit=True)
        path = tmp_path / file
        path.write_bytes(write(builder.step("decide", name="决定", kind="decide", work="PT20M").end().model))
        return path

    return save
