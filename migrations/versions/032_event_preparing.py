"""What prepares an event and what remains of it: short links, reminders, invitations, files, trainings.

Revision: 032
After: 031

Every event that is public gets its short link; one that was called off, where somebody had registered.
Going down forgets all of it: links on posters lead nowhere then, and certificates on paper still verify.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "032"
down_revision = "031"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
MOMENT = sa.DateTime(timezone=True)
# As events.short_codes spelled them at the time of this migration.
ALPHABET, LENGTH = "23456789bcdfghjkmnpqrstvwxz", 6


def upgrade() -> None:
    links = op.create_table(
        "event_short_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_short_link_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_short_link")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_short_link_event_id")),
        sa.UniqueConstraint("code", name=op.f("uq_event_short_link_code")),
    )
    op.create_table(
        "event_reminder_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("closing_days", JSON, nullable=False),
        sa.Column("wishes_days", JSON, nullable=False),
        sa.Column("coming_days", JSON, nullable=False),
        sa.Column("wishes_until", sa.Date(), nullable=True),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_reminder_plan_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_reminder_plan")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_reminder_plan_event_id")),
    )
    op.create_table(
        "event_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("counts_to", sa.Date(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.CheckConstraint("days >= 1", name=op.f("ck_event_reminder_days_before")),
        sa.CheckConstraint("told >= 0", name=op.f("ck_event_reminder_told_not_negative")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_reminder_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_reminder")),
        sa.UniqueConstraint("event_id", "kind", "days", "counts_to", name="uq_event_reminder_once"),
    )
    _make_invitations()
    _make_materials()
    _make_trainings()
    _give_links(links)


def _make_invitations() -> None:
    op.create_table(
        "event_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("invited_by", sa.String(200), nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("was_told", sa.Boolean(), nullable=False),
        sa.Column("declined_at", MOMENT, nullable=True),
        sa.Column("declined_by", sa.String(200), nullable=False),
        sa.Column("declined_reason", sa.String(300), nullable=False),
        sa.CheckConstraint(
            "(declined_at IS NULL) = (declined_by = '')",
            name=op.f("ck_event_invitation_declined_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_invitation_event_id_event")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_event_invitation_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_invitation")),
        sa.UniqueConstraint("event_id", "enterprise_id", name="uq_event_invitation_once"),
    )
    op.create_index("ix_event_invitation_enterprise_id", "event_invitation", ["enterprise_id"])


def _make_materials() -> None:
    op.create_table(
        "event_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("added_by", sa.String(200), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("removed_by", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by = '')", name=op.f("ck_event_material_removed_by_somebody")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_material_event_id_event")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_event_material_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_material")),
        sa.UniqueConstraint("document_id", name=op.f("uq_event_material_document_id")),
    )
    op.create_index("ix_event_material_event", "event_material", ["event_id", "id"])


def _make_trainings() -> None:
    op.create_table(
        "event_training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("gives_records", sa.Boolean(), nullable=False),
        sa.Column("hours_tenths", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours_tenths BETWEEN 5 AND 800", name=op.f("ck_event_training_hours_range")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_training_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_training")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_training_event_id")),
    )
    op.create_table(
        "training_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("person_name", sa.String(60), nullable=False),
        sa.Column("event_title", sa.String(200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("hours_tenths", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.String(200), nullable=False),
        sa.Column("revoked_reason", sa.String(300), nullable=False),
        sa.CheckConstraint(
            "(enterprise_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_training_record_one_house")
        ),
        sa.CheckConstraint("hours_tenths BETWEEN 5 AND 800", name=op.f("ck_training_record_hours_range")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_reason = '')",
            name=op.f("ck_training_record_revoked_with_reason"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_training_record_event_id_event")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_training_record_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_training_record_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_training_record_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_record")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_training_record_registration_id")),
    )
    for column in ("event_id", "enterprise_id", "organisation_id"):
        op.create_index(f"ix_training_record_{column}", "training_record", [column])
    op.create_index("ix_training_record_held_on", "training_record", ["held_on", "id"])


def _give_links(links: sa.Table) -> None:
    registered = sa.text("SELECT DISTINCT event_id FROM registration")
    with_people = {row[0] for row in op.get_bind().execute(registered)}
    events = op.get_bind().execute(sa.text("SELECT id, state FROM event ORDER BY id")).all()
    wanted = [
        id_ for id_, state in events if state not in ("draft", "cancelled") or (
            state == "cancelled" and id_ in with_people
        )
    ]  # fmt: skip
    codes: set[str] = set()
    while len(codes) < len(wanted):
        codes.add("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
    now = datetime.now(UTC)
    rows = [
        {"event_id": event_id, "code": code, "made_at": now}
        for event_id, code in zip(wanted, sorted(codes, key=lambda _: secrets.randbits(32)), strict=True)
    ]
    if rows:
        op.bulk_insert(links, rows)


def downgrade() -> None:
    for table in ("training_record", "event_training", "event_material", "event_invitation"):
        op.drop_table(table)
    op.drop_table("event_reminder")
    op.drop_table("event_reminder_plan")
    op.drop_table("event_short_link")
