"""What came of meetings: each side's word, later steps, minutes, the opinions of who came.

Revision: 024
After: 023

Going down drops them: they are not kept anywhere else.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "024"
down_revision = "023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _results()
    _follow_ups()
    _feedback()
    _minutes()


def _pair(table: str) -> list[sa.SchemaItem]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_registration_id", sa.Integer(), nullable=False),
        sa.Column("institution_registration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f(f"fk_{table}_event_id_event")),
        sa.ForeignKeyConstraint(
            ["enterprise_registration_id"],
            ["registration.id"],
            name=op.f(f"fk_{table}_enterprise_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_registration_id"],
            ["registration.id"],
            name=op.f(f"fk_{table}_institution_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.CheckConstraint("amount_fen IS NULL OR amount_fen > 0", name=op.f(f"ck_{table}_amount_positive")),
    ]


def _results() -> None:
    op.create_table(
        "meeting_result",
        *_pair("meeting_result"),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("interest", sa.String(length=40), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("product", sa.String(length=100), nullable=False),
        sa.Column("next_step", sa.String(length=300), nullable=False),
        sa.Column("responsible", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "enterprise_registration_id",
            "institution_registration_id",
            "side",
            name=op.f("uq_meeting_result_pair_side"),
        ),
    )
    op.create_index(op.f("ix_meeting_result_event_id"), "meeting_result", ["event_id"])
    op.create_index(
        op.f("ix_meeting_result_institution_registration_id"),
        "meeting_result",
        ["institution_registration_id"],
    )


def _follow_ups() -> None:
    table = "meeting_follow_up"
    op.create_table(
        table,
        *_pair(table),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("is_first_loan", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("said_by_side", sa.String(length=40), nullable=True),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(stage = 'ended') = (amount_fen IS NULL)", name=op.f(f"ck_{table}_amount_unless_ended")
        ),
        sa.CheckConstraint("stage <> 'ended' OR reason <> ''", name=op.f(f"ck_{table}_ended_with_reason")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')", name=op.f(f"ck_{table}_withdrawn_with_reason")
        ),
    )
    op.create_index(op.f("ix_meeting_follow_up_event_id"), table, ["event_id"])
    op.create_index(
        op.f("ix_meeting_follow_up_institution_registration_id"), table, ["institution_registration_id"]
    )
    op.create_index(
        "ix_meeting_follow_up_pair",
        table,
        ["enterprise_registration_id", "institution_registration_id", "id"],
    )


def _feedback() -> None:
    table = "event_feedback"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("organisation_points", sa.Integer(), nullable=False),
        sa.Column("timetable_points", sa.Integer(), nullable=False),
        sa.Column("use_points", sa.Integer(), nullable=False),
        sa.Column("would_return", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.CheckConstraint(f"{name}_points BETWEEN 1 AND 5", name=op.f(f"ck_{table}_{name}_range"))
            for name in ("organisation", "timetable", "use")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_feedback_event_id_event")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_event_feedback_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_feedback")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_event_feedback_registration_id")),
    )
    op.create_index(op.f("ix_event_feedback_event_id"), table, ["event_id"])


def _minutes() -> None:
    op.create_table(
        "event_minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=200), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_minutes_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_minutes")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_minutes_event_id")),
    )


def downgrade() -> None:
    for table in ("event_minutes", "event_feedback", "meeting_follow_up", "meeting_result"):
        op.drop_table(table)
