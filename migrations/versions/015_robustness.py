"""How the sheets of a score run stand under other weights.

Revision: 015
After: 014

Going down drops both tables: what they hold can be computed again from the sheets, which stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "015"
down_revision = "014"
branch_labels = None
depends_on = None


JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "robustness_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("kappa", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("rated_count", sa.Integer(), nullable=False),
        sa.Column("edge_count", sa.Integer(), nullable=False),
        sa.Column("found", JSON, nullable=False),
        sa.Column("numpy_version", sa.String(length=20), nullable=False),
        sa.Column("computed_by", sa.String(length=200), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds_ms", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "draws > 0 AND kappa > 0 AND seed >= 0", name=op.f("ck_robustness_run_how_it_was_drawn")
        ),
        sa.CheckConstraint("edge_count <= rated_count", name=op.f("ck_robustness_run_edge_is_rated")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["score_run.id"], name=op.f("fk_robustness_run_run_id_score_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robustness_run")),
        sa.UniqueConstraint("run_id", name=op.f("uq_robustness_run_run_id")),
    )
    op.create_table(
        "sheet_robustness",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("robustness_run_id", sa.Integer(), nullable=False),
        sa.Column("grade_holds_bp", sa.Integer(), nullable=True),
        sa.Column("grade_holds_uniform_bp", sa.Integer(), nullable=True),
        sa.Column("in_list_bp", sa.Integer(), nullable=True),
        sa.Column("is_edge", sa.Boolean(), nullable=False),
        sa.Column("low_grade", sa.String(length=40), nullable=False),
        sa.Column("high_grade", sa.String(length=40), nullable=False),
        sa.Column("without", JSON, nullable=False),
        sa.CheckConstraint(
            "grade_holds_bp BETWEEN 0 AND 10000", name=op.f("ck_sheet_robustness_holds_range")
        ),
        sa.CheckConstraint(
            "grade_holds_uniform_bp BETWEEN 0 AND 10000", name=op.f("ck_sheet_robustness_holds_uniform_range")
        ),
        sa.CheckConstraint("in_list_bp BETWEEN 0 AND 10000", name=op.f("ck_sheet_robustness_in_list_range")),
        sa.ForeignKeyConstraint(
            ["robustness_run_id"],
            ["robustness_run.id"],
            name=op.f("fk_sheet_robustness_robustness_run_id_robustness_run"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["score_sheet.id"], name=op.f("fk_sheet_robustness_sheet_id_score_sheet")
        ),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_sheet_robustness")),
    )
    op.create_index(
        op.f("ix_sheet_robustness_robustness_run_id"), "sheet_robustness", ["robustness_run_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("sheet_robustness")
    op.drop_table("robustness_run")
