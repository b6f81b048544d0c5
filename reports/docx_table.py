"""A table of the document, with its caption and remarks."""

from __future__ import annotations

from dataclasses import dataclass

from reports.docx_xml import Column


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its caption and a remark below."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...] = ()
