"""The sheet over all studied procedures: gathered while they are studied, written at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reports.format import visible
from zaizao import wiring
from zaizao.cli import files
from zaizao.cli.text import data
from zaizao.cli.worded import Call

if TYPE_CHECKING:
    from reports.portfolio import Entry, Failed, Portfolio
    from reports.study import Study


@dataclass(kw_only=True)
class Found:
    """What came of the procedures so far."""

    call: Call
    folder: Path
    cases: int
    seed: int
    entries: list[Entry] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    def add(self, name: str, study: Study) -> None:
        """A procedure that was studied."""
        from reports.portfolio import entry_of

        proposal = study.proposal
        self.entries.append(
            entry_of(
                name=name,
                title=study.title,
                kind=study.before.model.procedure.kind,
                pair=study.comparison,
                is_proposed=study.is_proposed,
                proposed=proposal.comparison if proposal is not None else None,
                findings=len(proposal.findings) if proposal is not None else 0,
                moves=len(proposal.made.moves) if proposal is not None else 0,
            )
        )

    def fail(self, name: str, reason: str) -> None:
        """A procedure that could not be studied."""
        from reports.portfolio import Failed

        self.failed.append(Failed(name=name, reason=reason))

    def write(self) -> list[str]:
        """Write the page, the workbook and the data, and say what they say."""
        from reports.portfolio import portfolio_json
        from reports.portfolio_html import headline, lead, portfolio_html
        from reports.portfolio_xlsx import portfolio_xlsx

        made = self._portfolio()
        contents = {
            "portfolio.html": portfolio_html(made).encode(),
            "portfolio.xlsx": portfolio_xlsx(made),
            "portfolio.json": data(portfolio_json(made)),
        }
        for name, content in contents.items():
            files.save(self.folder / name, content)
        told = "   ".join(visible(files.told(self.folder / name)) for name in contents)
        return ["", click.style(headline(made), bold=True), lead(made), "", told]

    def _portfolio(self) -> Portfolio:
        from reports.portfolio import Portfolio

        return Portfolio(
            words=self.call.words,
            entries=tuple(self.entries),
            failed=tuple(self.failed),
            day=wiring.today(self.call.settings.timezone),
            version=wiring.version(),
            cases=self.cases,
            seed=self.seed,
            command=self.call.line("study", "--all", "-o", "out", cases=self.cases, seed=self.seed),
        )
