"""Issues of the directory by choice: scope, recipients, old values, reasons, tiers; a schedule.

Revision: 008
After: 007

An issue of before held every firm with a patent in force and went to everybody with the grades: its empty
scope and empty recipients say so. Going down forgets the choices and the schedule, and keeps the issues.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "008"
down_revision = "007"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
EMPTY, NOTHING = sa.text("'{}'"), sa.text("'[]'")


def upgrade() -> None:
    op.add_column("directory_issue", sa.Column("scope", JSON, nullable=False, server_default=EMPTY))
    op.add_column("directory_issue", sa.Column("recipients", JSON, nullable=False, server_default=EMPTY))
    op.add_column("directory_issue", sa.Column("compared_with", sa.Integer(), nullable=True))
    op.add_column("directory_issue", sa.Column("period", sa.String(length=10), nullable=True))
    op.create_index(op.f("ix_directory_issue_period"), "directory_issue", ["period"], unique=True)
    op.add_column("directory_line", sa.Column("before", JSON, nullable=True))
    op.add_column("directory_line", sa.Column("left_reason", sa.String(length=40), nullable=True))
    op.add_column("directory_delivery", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "directory_delivery",
        sa.Column("tier", sa.String(length=40), nullable=False, server_default="graded"),
    )
    op.add_column(
        "directory_delivery", sa.Column("consented_ids", JSON, nullable=False, server_default=NOTHING)
    )
    op.create_table(
        "directory_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("scope", JSON, nullable=False),
        sa.Column("recipients", JSON, nullable=False),
        sa.Column("remind_after_days", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("last_period", sa.String(length=10), nullable=False),
        sa.Column("updated_by", sa.String(length=200), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_directory_schedule_one_row")),
        sa.CheckConstraint("day BETWEEN 1 AND 28", name=op.f("ck_directory_schedule_day_of_every_month")),
        sa.CheckConstraint(
            "remind_after_days BETWEEN 0 AND 60", name=op.f("ck_directory_schedule_remind_range")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_schedule")),
    )


def downgrade() -> None:
    op.drop_table("directory_schedule")
    for column in ("consented_ids", "tier", "reminded_at"):
        op.drop_column("directory_delivery", column)
    for column in ("left_reason", "before"):
        op.drop_column("directory_line", column)
    op.drop_index(op.f("ix_directory_issue_period"), table_name="directory_issue")
    for column in ("period", "compared_with", "recipients", "scope"):
        op.drop_column("directory_issue", column)
