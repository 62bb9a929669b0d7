"""Keeping everything safe: one file that holds all that staff made, and the way back from it.

A backup holds the corpus folder's content (the draft), the editions, the models and
the database with accounts and audit log, whichever database it is: a backup
of PostgreSQL can be restored into SQLite and the other way round. It does
not hold the key that signs sessions: after a restore everybody logs in again.
"""

from chatbot.keeping.archive import KeepingError
from chatbot.keeping.making import BackUp, back_up
from chatbot.keeping.restoring import finish_restore, restore

__all__ = ["BackUp", "KeepingError", "back_up", "finish_restore", "restore"]
