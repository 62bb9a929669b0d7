"""Each reply that the articles do not cover names the topic that staff gave it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry", sa.Column("topic", sa.String, nullable=False, server_default=""))
