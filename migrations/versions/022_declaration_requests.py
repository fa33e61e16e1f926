"""Requests that a firm declare an indicator of its score by a day.

Revision: 022
After: 021

Going down drops the requests: they are not kept anywhere else.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "022"
down_revision = "021"
branch_labels = None
depends_on = None

_STANDS = sa.text("withdrawn_on IS NULL")


def upgrade() -> None:
    op.create_table(
        "declaration_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("asked_by_user_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("due_on > asked_on", name=op.f("ck_declaration_request_due_after_asking")),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_on >= asked_on",
            name=op.f("ck_declaration_request_withdrawn_after_asking"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_declaration_request_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_request")),
    )
    op.create_index("ix_declaration_request_enterprise_id", "declaration_request", ["enterprise_id", "id"])
    op.create_index(
        "uq_declaration_request_standing",
        "declaration_request",
        ["enterprise_id", "code"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )


def downgrade() -> None:
    op.drop_index("uq_declaration_request_standing", table_name="declaration_request")
    op.drop_index("ix_declaration_request_enterprise_id", table_name="declaration_request")
    op.drop_table("declaration_request")
