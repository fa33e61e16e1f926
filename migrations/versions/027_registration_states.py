"""Approval, offers with a deadline, one phone one place: what a registration can be, and who comes.

Revision: 027
After: 026

The two unique indexes carry the words of the states that bind nobody, so they are rebuilt. Phones of
before have no digest until `ipfin reseal` gives them one: it needs the key, which a migration has not.
Going down confirms who holds an offer, lets wait who waits for a decision, and keeps no other state.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "027"
down_revision = "026"
branch_labels = None
depends_on = None

ORGANISATIONS = ("enterprise", "organisation")
OVER = "state NOT IN ('rejected', 'lapsed', 'cancelled')"
CALLED_OFF = "state <> 'cancelled'"
OWN_PHONE = f"{OVER} AND phone_key <> '' AND shared_phone_reason = ''"
WORDS = (
    ("contact_post", 60),
    ("phone_key", 64),
    ("shared_phone_reason", 200),
    ("second_name", 60),
    ("second_post", 60),
    ("decided_by", 200),
    ("decision_reason", 300),
)
INSTANTS = ("offered_until", "decided_at")


def upgrade() -> None:
    with op.batch_alter_table("event") as event:
        event.add_column(sa.Column("approval", sa.String(length=40), nullable=False, server_default="none"))
        event.add_column(sa.Column("reply_hours", sa.Integer(), nullable=False, server_default="0"))
        event.create_check_constraint(op.f("ck_event_reply_range"), "reply_hours BETWEEN 0 AND 336")
    _drop_unique()
    with op.batch_alter_table("registration") as registration:
        for name, length in WORDS:
            registration.add_column(
                sa.Column(name, sa.String(length=length), nullable=False, server_default="")
            )
        for name in INSTANTS:
            registration.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        registration.create_check_constraint(
            op.f("ck_registration_offer_has_a_deadline"), "state <> 'offered' OR offered_until IS NOT NULL"
        )
        registration.create_check_constraint(
            op.f("ck_registration_rejected_with_reason"), "state <> 'rejected' OR decision_reason <> ''"
        )
    _create_unique(OVER)
    _index("uq_registration_phone", ["event_id", "phone_key"], OWN_PHONE, unique=True)
    _index("ix_registration_offers", ["offered_until"], "state = 'offered'", unique=False)
    op.create_table(
        "registration_substitution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("former_name", sa.String(length=60), nullable=False),
        sa.Column("former_post", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("replaced_by", sa.String(length=200), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_registration_substitution_has_a_name")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_substitution_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_substitution")),
    )
    op.create_index(
        op.f("ix_registration_substitution_registration_id"), "registration_substitution", ["registration_id"]
    )


def downgrade() -> None:
    op.drop_table("registration_substitution")
    op.drop_index("ix_registration_offers", table_name="registration")
    op.drop_index("uq_registration_phone", table_name="registration")
    _drop_unique()
    op.execute("UPDATE registration SET state = 'confirmed' WHERE state = 'offered'")
    op.execute("UPDATE registration SET state = 'waitlisted' WHERE state = 'pending'")
    op.execute("UPDATE registration SET state = 'cancelled' WHERE state IN ('rejected', 'lapsed')")
    with op.batch_alter_table("registration") as registration:
        for name in ("offer_has_a_deadline", "rejected_with_reason"):
            registration.drop_constraint(op.f(f"ck_registration_{name}"), type_="check")
        for name in (*INSTANTS, *(name for name, _length in WORDS)):
            registration.drop_column(name)
    _create_unique(CALLED_OFF)
    with op.batch_alter_table("event") as event:
        event.drop_constraint(op.f("ck_event_reply_range"), type_="check")
        event.drop_column("reply_hours")
        event.drop_column("approval")


def _drop_unique() -> None:
    for name in ORGANISATIONS:
        op.drop_index(f"uq_registration_{name}", table_name="registration")


def _create_unique(condition: str) -> None:
    for name in ORGANISATIONS:
        _index(f"uq_registration_{name}", ["event_id", f"{name}_id"], condition, unique=True)


def _index(name: str, columns: list[str], condition: str, *, unique: bool) -> None:
    where = sa.text(condition)
    op.create_index(name, "registration", columns, unique=unique, sqlite_where=where, postgresql_where=where)
