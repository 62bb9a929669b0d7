"""The journal counts what happens, without words: how many replies of which kind, and what was quoted.

By default nothing that a visitor typed, no address and no session is written. A
clinic may have the redacted text of unanswered questions kept for a month.
A reply never waits for the journal and never fails because of it.

    Journal (what is noted and read) -> Writer (one thread) -> Database (SQLite or PostgreSQL, by URL)

This is a home of SQLAlchemy, and the one home of Alembic.
"""

from chatbot.journal.copying import copy_rows, holds_mark, holds_rows
from chatbot.journal.database import Database, JournalError
from chatbot.journal.journal import REASONS, Journal
from chatbot.journal.reading import UnansweredQuestion, Verdicts
from chatbot.journal.tables import Base

__all__ = [
    "REASONS",
    "Base",
    "Database",
    "Journal",
    "JournalError",
    "UnansweredQuestion",
    "Verdicts",
    "copy_rows",
    "holds_mark",
    "holds_rows",
]
