"""Figures as a file for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A download of comma-separated rows; no cell is read as a formula."""
    written = StringIO()
    csv.writer(written).writerows([_plain(cell) for cell in row] for row in rows)
    response = Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
