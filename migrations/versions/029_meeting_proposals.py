"""Meetings that the office proposes, and agreed ones that it fixes to a slot.

Revision: 029
After: 028

Going down drops both; the wishes that answered a proposal stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "029"
down_revision = "028"
branch_labels = None
depends_on = None

_STANDS = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "meeting_proposal",
        *_pair("meeting_proposal"),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "enterprise_registration_id <> institution_registration_id",
            name=op.f("ck_meeting_proposal_two_sides"),
        ),
    )
    op.create_index(
        "uq_meeting_proposal_standing",
        "meeting_proposal",
        ["enterprise_registration_id", "institution_registration_id"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )
    op.create_table(
        "fixed_meeting",
        *_pair("fixed_meeting"),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("slot >= 0", name=op.f("ck_fixed_meeting_slot_from_nought")),
        sa.CheckConstraint("desk >= 1", name=op.f("ck_fixed_meeting_desk_from_one")),
        sa.UniqueConstraint(
            "enterprise_registration_id",
            "institution_registration_id",
            name=op.f("uq_fixed_meeting_pair"),
        ),
    )
    for table in ("meeting_proposal", "fixed_meeting"):
        for column in ("event_id", "institution_registration_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _pair(table: str) -> list[sa.schema.SchemaItem]:
    """Return the columns and keys of a table about a pair of registrations of an event."""
    keys = {
        "event_id": "event",
        "enterprise_registration_id": "registration",
        "institution_registration_id": "registration",
    }
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in keys),
        *(
            sa.ForeignKeyConstraint([column], [f"{far}.id"], name=op.f(f"fk_{table}_{column}_{far}"))
            for column, far in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    for table in ("fixed_meeting", "meeting_proposal"):
        for column in ("event_id", "institution_registration_id"):
            op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    op.drop_table("fixed_meeting")
    op.drop_index("uq_meeting_proposal_standing", table_name="meeting_proposal")
    op.drop_table("meeting_proposal")
