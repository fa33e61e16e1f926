"""Labels of firms, their contacts (phone and mail sealed), and the office's visits with follow-ups.

Revision: 009
After: 008

Going down drops all three: labels, contacts and visits are not kept anywhere else.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enterprise_tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_tag_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_tag")),
        sa.UniqueConstraint("enterprise_id", "name", name=op.f("uq_enterprise_tag_enterprise_id_name")),
    )
    op.create_index(op.f("ix_enterprise_tag_name"), "enterprise_tag", ["name"], unique=False)
    _contacts()
    _visits()


def _contacts() -> None:
    op.create_table(
        "enterprise_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("post", sa.String(length=60), nullable=False),
        sa.Column("phone_sealed", sa.String(length=300), nullable=False),
        sa.Column("mail_sealed", sa.String(length=300), nullable=False),
        sa.Column("main_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_enterprise_contact_has_a_name")),
        sa.CheckConstraint(
            "phone_sealed <> '' OR mail_sealed <> ''", name=op.f("ck_enterprise_contact_can_be_reached")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_contact_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_contact")),
    )
    op.create_index(
        op.f("ix_enterprise_contact_enterprise_id"), "enterprise_contact", ["enterprise_id"], unique=False
    )


def _visits() -> None:
    op.create_table(
        "enterprise_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("officers", sa.String(length=300), nullable=False),
        sa.Column("persons", sa.String(length=300), nullable=False),
        sa.Column("topics", sa.String(length=1000), nullable=False),
        sa.Column("needs", sa.String(length=1000), nullable=False),
        sa.Column("follow_up", sa.String(length=300), nullable=False),
        sa.Column("follow_up_due", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_note", sa.String(length=300), nullable=False),
        sa.Column("done_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_user_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(follow_up = '') = (follow_up_due IS NULL)", name=op.f("ck_enterprise_visit_follow_up_has_a_day")
        ),
        sa.CheckConstraint(
            "done_on IS NULL OR follow_up_due IS NOT NULL", name=op.f("ck_enterprise_visit_done_was_open")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_enterprise_visit_voided_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_visit_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_visit")),
    )
    for name, columns in (
        ("firm", ["enterprise_id", "visited_on", "id"]),
        ("day", ["visited_on", "id"]),
        ("due", ["done_on", "follow_up_due"]),
    ):
        op.create_index(f"ix_enterprise_visit_{name}", "enterprise_visit", columns, unique=False)


def downgrade() -> None:
    for table in ("enterprise_visit", "enterprise_contact", "enterprise_tag"):
        op.drop_table(table)
