"""Errors for the log: their kind and their places, never their message, which could hold what a visitor wrote."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

DEEPEST = 6
"""How many places are named: those nearest to the error."""


def without_words(error: BaseException) -> str:
    """An error's kind and where it came from, outermost first; no message and no values."""
    places = [
        f"{Path(frame.f_code.co_filename).parent.name}/{Path(frame.f_code.co_filename).name}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return f"{type(error).__name__} at {', '.join(places[-DEEPEST:])}" if places else type(error).__name__


def drop_words(record: logging.LogRecord) -> bool:
    """A logging filter: a record keeps its own text, and of its error only what may be logged."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.msg, record.args = f"{record.getMessage()}: {without_words(error)}", None
        record.exc_info = record.exc_text = None
    return True
