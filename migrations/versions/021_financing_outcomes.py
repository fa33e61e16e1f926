"""Outcomes of financing: loans granted, pledges, overdue, compensated.

Revision: 021
After: 020

Going down drops the outcomes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "021"
down_revision = "020"
branch_labels = None
depends_on = None

TABLE = "financing_outcome"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("entered_by_user_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("source <> ''", name=op.f("ck_financing_outcome_has_a_source")),
        sa.CheckConstraint(
            "kind NOT IN ('overdue90', 'compensated') OR evidence <> ''",
            name=op.f("ck_financing_outcome_bad_with_evidence"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name=op.f("ck_financing_outcome_withdrawn_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_financing_outcome_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_financing_outcome_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_financing_outcome")),
    )
    op.create_index("ix_financing_outcome_firm", TABLE, ["enterprise_id", "happened_on", "id"])
    op.create_index("ix_financing_outcome_day", TABLE, ["happened_on", "id"])
    op.create_index(op.f("ix_financing_outcome_batch_id"), TABLE, ["batch_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
