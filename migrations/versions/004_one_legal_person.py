"""Two records of one firm: keys to find them, pairs to decide on, and merges that can be taken back.

Revision: 004
After: 003

Going down drops the decisions and the merges; the applicants stay with the firm they were given to.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "match_key",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_match_key_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("key", "enterprise_id", name=op.f("pk_match_key")),
    )
    op.create_index(op.f("ix_match_key_enterprise_id"), "match_key", ["enterprise_id"], unique=False)
    _candidates()
    _merges()


def _candidates() -> None:
    op.create_table(
        "match_candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("bits_e2", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("features", JSON, nullable=False),
        sa.Column("weights_version", sa.String(length=20), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_match_candidate_in_order")),
        sa.CheckConstraint(
            "state = 'open' OR reason <> ''", name=op.f("ck_match_candidate_decided_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["enterprise.id"], name=op.f("fk_match_candidate_first_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["enterprise.id"], name=op.f("fk_match_candidate_second_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_candidate")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_match_candidate_first_id_second_id")),
    )
    op.create_index("ix_match_candidate_queue", "match_candidate", ["state", "priority", "id"], unique=False)
    op.create_index(op.f("ix_match_candidate_second_id"), "match_candidate", ["second_id"], unique=False)


def _merges() -> None:
    op.create_table(
        "enterprise_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("moved", JSON, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("merged_by_user_id", sa.Integer(), nullable=True),
        sa.Column("merged_by", sa.String(length=200), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_user_id", sa.Integer(), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("from_id <> into_id", name=op.f("ck_enterprise_merge_two_enterprises")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_enterprise_merge_has_a_reason")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_reason = '')", name=op.f("ck_enterprise_merge_undone_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["match_candidate.id"],
            name=op.f("fk_enterprise_merge_candidate_id_match_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["enterprise.id"], name=op.f("fk_enterprise_merge_from_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["enterprise.id"], name=op.f("fk_enterprise_merge_into_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_merge")),
    )
    for column in ("candidate_id", "from_id", "into_id"):
        op.create_index(op.f(f"ix_enterprise_merge_{column}"), "enterprise_merge", [column], unique=False)
    standing = sa.text("undone_at IS NULL")
    op.create_index(
        "uq_enterprise_merge_standing",
        "enterprise_merge",
        ["from_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def downgrade() -> None:
    for table in ("enterprise_merge", "match_candidate", "match_key"):
        op.drop_table(table)
