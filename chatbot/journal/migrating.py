"""Brings the tables up to this program, by Alembic: loaded only where they are not."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from chatbot.journal.database import NEWEST, NewerTables

log = logging.getLogger(__name__)
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Take each step that the tables lack, in the transaction of ``connection``. Raises NewerTables."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise NewerTables(str(error)) from error
    log.info("the journal's tables are of revision %s now", NEWEST)
