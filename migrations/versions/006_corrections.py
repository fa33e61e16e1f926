"""Requests for correction: what firms contest, what was done with it, and their proofs.

Revision: 006
After: 005

Going down drops the requests; what accepted ones wrote stays written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
OPEN = sa.text("state IN ('submitted', 'referred', 'needs_more')")


def upgrade() -> None:
    op.create_table(
        "correction_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("patent", sa.String(length=20), nullable=False),
        sa.Column("stood", sa.String(length=300), nullable=False),
        sa.Column("wanted", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("was_referred", sa.Boolean(), nullable=False),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("filed_by_user_id", sa.Integer(), nullable=True),
        sa.Column("filed_by", sa.String(length=200), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conclusion", sa.String(length=1000), nullable=False),
        sa.Column("applied", JSON, nullable=True),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f("ck_correction_request_decided_with_its_time"),
        ),
        sa.CheckConstraint(
            "decided_at IS NULL OR conclusion <> ''", name=op.f("ck_correction_request_decided_with_reason")
        ),
        sa.CheckConstraint(
            "(state = 'needs_more') = (paused_on IS NOT NULL)",
            name=op.f("ck_correction_request_paused_while_asked"),
        ),
        sa.CheckConstraint("due_on >= filed_on", name=op.f("ck_correction_request_due_after_filing")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_correction_request_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_correction_request_public_id")),
    )
    op.create_index(
        "uq_correction_request_open",
        "correction_request",
        ["enterprise_id", "item", "patent"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_correction_request_enterprise_id", "correction_request", ["enterprise_id", "id"])
    op.create_index("ix_correction_request_queue", "correction_request", ["state", "due_on", "id"])
    _acts()
    _proofs()


def _acts() -> None:
    op.create_table(
        "correction_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["correction_request.id"],
            name=op.f("fk_correction_act_request_id_correction_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_act")),
    )
    op.create_index(op.f("ix_correction_act_request_id"), "correction_act", ["request_id"])


def _proofs() -> None:
    op.create_table(
        "correction_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["correction_request.id"],
            name=op.f("fk_correction_proof_request_id_correction_request"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_correction_proof_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_proof")),
    )
    op.create_index(op.f("ix_correction_proof_request_id"), "correction_proof", ["request_id"])


def downgrade() -> None:
    for table in ("correction_proof", "correction_act", "correction_request"):
        op.drop_table(table)
