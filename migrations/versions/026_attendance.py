"""The day of an event: who came, and the codes on the badges.

Revision: 026
After: 025

Going down drops both: they are not kept anywhere else, and badges that are out no longer check anybody in.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "026"
down_revision = "025"
branch_labels = None
depends_on = None

_STANDS = sa.text("undone_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("late_slot", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", sa.String(length=200), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=False),
        sa.Column("undone_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(mark = 'late') = (late_slot IS NOT NULL)", name=op.f("ck_attendance_late_from_a_slot")
        ),
        sa.CheckConstraint(
            "late_slot IS NULL OR late_slot >= 0", name=op.f("ck_attendance_late_slot_not_negative")
        ),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_reason = '')", name=op.f("ck_attendance_undone_with_reason")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_attendance_event_id_event")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_attendance_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    op.create_index(
        "uq_attendance_standing",
        "attendance",
        ["registration_id"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )
    op.create_index("ix_attendance_event", "attendance", ["event_id", "id"])
    op.create_index("ix_attendance_registration", "attendance", ["registration_id", "id"])
    op.create_table(
        "check_in_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("token_sealed", sa.String(length=300), nullable=False),
        sa.Column("tail_digest", sa.String(length=64), nullable=False),
        sa.Column("contact_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_check_in_code_event_id_event")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_check_in_code_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_code")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_check_in_code_event_id_number")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_check_in_code_registration_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_check_in_code_token_digest")),
    )
    op.create_index("ix_check_in_code_tail", "check_in_code", ["event_id", "tail_digest"])


def downgrade() -> None:
    op.drop_table("check_in_code")
    op.drop_table("attendance")
