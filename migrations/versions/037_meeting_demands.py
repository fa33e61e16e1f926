"""What the office demands of a timetable: least numbers of meetings, of everybody and by name, and orders.

Revision: 037
After: 036

Nothing is asked of events from before. Going down forgets what was asked.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "037"
down_revision = "036"
branch_labels = None
depends_on = None

_LEASTS = ("least_per_enterprise", "least_per_institution")
_PLACES = ("earlier_firm_id", "earlier_house_id", "later_firm_id", "later_house_id")


def upgrade() -> None:
    with op.batch_alter_table("event") as table:
        for name in _LEASTS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("event") as table:
        for name in _LEASTS:
            table.alter_column(name, server_default=None)
        table.create_check_constraint(
            op.f("ck_event_least_of_one"), "least_per_enterprise >= 0 AND least_per_institution >= 0"
        )
    _make("meeting_minimum", ("registration_id",), sa.Column("least", sa.Integer(), nullable=False))
    op.create_index(op.f("ix_meeting_minimum_event_id"), "meeting_minimum", ["event_id"])
    _make("meeting_order", _PLACES, sa.Column("reason", sa.String(length=300), nullable=False))
    for name in ("event_id", *_PLACES[1:]):
        op.create_index(op.f(f"ix_meeting_order_{name}"), "meeting_order", [name])


def _make(table: str, places: tuple[str, ...], own: sa.Column[object]) -> None:
    """Make a table of demands: of one event, about registrations, with who set it and a version."""
    rules = {
        "meeting_minimum": (
            sa.UniqueConstraint("registration_id", name=op.f("uq_meeting_minimum_registration_id")),
            sa.CheckConstraint("least >= 0", name=op.f("ck_meeting_minimum_least_not_negative")),
        ),
        "meeting_order": (
            sa.UniqueConstraint(*_PLACES, name="uq_meeting_order_once"),
            sa.CheckConstraint(
                "earlier_firm_id <> later_firm_id OR earlier_house_id <> later_house_id",
                name=op.f("ck_meeting_order_two_meetings"),
            ),
        ),
    }
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in places),
        own,
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        *rules[table],
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f(f"fk_{table}_event_id_event")),
        *(
            sa.ForeignKeyConstraint([name], ["registration.id"], name=op.f(f"fk_{table}_{name}_registration"))
            for name in places
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    op.drop_table("meeting_order")
    op.drop_table("meeting_minimum")
    with op.batch_alter_table("event") as table:
        table.drop_constraint(op.f("ck_event_least_of_one"), type_="check")
        for name in reversed(_LEASTS):
            table.drop_column(name)
