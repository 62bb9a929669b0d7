"""The one exception of this room."""

from __future__ import annotations


class ChatbotError(Exception):
    """Something that a person must mend: one line that says what, where and what to do."""
