"""Pushes of institutions with their rows, and the candidates that the office makes of them.

Revision: 019
After: 018

Going down drops what institutions asked and were answered: it is not kept anywhere else but in the log.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "019"
down_revision = "018"
branch_labels = None
depends_on = None


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    op.create_table(
        "candidate_push",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by_user_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows_count", sa.Integer(), nullable=False),
        sa.Column("found_count", sa.Integer(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "rows_count > 0 AND found_count <= rows_count", name=op.f("ck_candidate_push_counts_add_up")
        ),
        _foreign("candidate_push", "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_push")),
        sa.UniqueConstraint("public_id", name=op.f("uq_candidate_push_public_id")),
    )
    op.create_index("ix_candidate_push_day", "candidate_push", ["organisation_id", "made_on"])
    _lines()
    op.create_table(
        "candidate_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("organisation_name", sa.String(length=200), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by_user_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        _foreign("candidate_proposal", "enterprise_id", "enterprise"),
        _foreign("candidate_proposal", "organisation_id", "organisation"),
        _foreign("candidate_proposal", "round_id", "whitelist_round"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_proposal")),
    )
    op.create_index(op.f("ix_candidate_proposal_enterprise_id"), "candidate_proposal", ["enterprise_id"])
    op.create_index("ix_candidate_proposal_waiting", "candidate_proposal", ["round_id", "enterprise_id"])


def _lines() -> None:
    op.create_table(
        "candidate_push_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("push_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("match", sa.String(length=40), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("valid_count", sa.Integer(), nullable=True),
        sa.Column("invention_count", sa.Integer(), nullable=True),
        sa.Column("is_admitted", sa.Boolean(), nullable=True),
        sa.Column("grade", sa.String(length=40), nullable=True),
        sa.Column("is_irregular", sa.Boolean(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(enterprise_id IS NULL) = (state = 'nothing')",
            name=op.f("ck_candidate_push_line_found_is_handled"),
        ),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'declined')) = (decided_at IS NOT NULL)",
            name=op.f("ck_candidate_push_line_decided_with_its_time"),
        ),
        _foreign("candidate_push_line", "push_id", "candidate_push"),
        _foreign("candidate_push_line", "enterprise_id", "enterprise"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_push_line")),
        sa.UniqueConstraint("push_id", "row_number", name=op.f("uq_candidate_push_line_push_id_row_number")),
    )
    op.create_index(op.f("ix_candidate_push_line_enterprise_id"), "candidate_push_line", ["enterprise_id"])
    op.create_index("ix_candidate_push_line_queue", "candidate_push_line", ["state", "push_id"])


def downgrade() -> None:
    op.drop_table("candidate_proposal")
    op.drop_table("candidate_push_line")
    op.drop_table("candidate_push")
