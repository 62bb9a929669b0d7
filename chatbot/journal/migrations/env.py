"""Runs the migrations on the connection that ``chatbot.journal.migrating`` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
