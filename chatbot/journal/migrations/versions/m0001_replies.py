"""The journal as it was before there were migrations; what is there already is left as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("hour", sa.DateTime, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("concern", sa.String, nullable=False),
        sa.Column("passages", sa.String, nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("edition", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_index("entry_hour_kind", "entry", ["hour", "kind"], if_not_exists=True)
    op.create_table(
        "feedback",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("hour", sa.DateTime, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("passages", sa.String, nullable=False),
        sa.Column("edition", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_feedback_hour", "feedback", ["hour"], if_not_exists=True)
    op.create_table(
        "unanswered",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("edition", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_unanswered_day", "unanswered", ["day"], if_not_exists=True)
