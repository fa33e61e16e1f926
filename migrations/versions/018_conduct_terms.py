"""What the register of conduct keeps beyond a list: documents, how a record ended, the rules of terms.

Revision: 018
After: 017

Going down drops the rules and how records ended; that they ended, and when, stays.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "018"
down_revision = "017"
branch_labels = None
depends_on = None

DOCUMENTS = {name: f"fk_conduct_record_{name}_document" for name in ("evidence_id", "proof_id")}


def upgrade() -> None:
    with op.batch_alter_table("conduct_record") as record:
        record.add_column(sa.Column("evidence_id", sa.Integer(), nullable=True))
        record.add_column(sa.Column("ended_as", sa.String(length=40), nullable=True))
        record.add_column(sa.Column("ended_by", sa.String(length=200), nullable=False, server_default=""))
        record.add_column(sa.Column("proof_id", sa.Integer(), nullable=True))
        for column, name in DOCUMENTS.items():
            record.create_foreign_key(op.f(name), "document", [column], ["id"])
    op.create_table(
        "conduct_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("set_by_user_id", sa.Integer(), nullable=True),
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "months IS NULL OR months BETWEEN 1 AND 120", name=op.f("ck_conduct_rule_months_in_bounds")
        ),
        sa.CheckConstraint("basis <> ''", name=op.f("ck_conduct_rule_has_a_basis")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_rule")),
    )
    op.create_index("ix_conduct_rule_code", "conduct_rule", ["code", "valid_from"])


def downgrade() -> None:
    op.drop_index("ix_conduct_rule_code", table_name="conduct_rule")
    op.drop_table("conduct_rule")
    with op.batch_alter_table("conduct_record") as record:
        for name in DOCUMENTS.values():
            record.drop_constraint(op.f(name), type_="foreignkey")
        for column in ("evidence_id", "ended_as", "ended_by", "proof_id"):
            record.drop_column(column)
