"""Screening by agencies: criteria, tasks, marks, declarations of conflict, known ties.

Revision: 014
After: 013

Going down drops the screenings with all reviews.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "014"
down_revision = "013"
branch_labels = None
depends_on = None

COUNTS = sa.text("state NOT IN ('withdrawn', 'conflicted', 'abstained')")
TABLES = (
    "reviewer_tie",
    "conflict_declaration",
    "screening_mark",
    "screening_task",
    "screening_criterion",
    "screening",
)


def upgrade() -> None:
    _screenings()
    _tasks()
    _marks()
    _ties()


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _screenings() -> None:
    op.create_table(
        "screening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("spread_limit", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("spread_limit >= 1", name=op.f("ck_screening_spread_limit_is_positive")),
        _foreign("screening", "round_id", "whitelist_round"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
        sa.UniqueConstraint("round_id", name=op.f("uq_screening_round_id")),
    )
    op.create_table(
        "screening_criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("guidance", sa.String(length=500), nullable=False),
        sa.Column("scale", sa.String(length=40), nullable=False),
        sa.Column("reason_least", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason_least >= 1", name=op.f("ck_screening_criterion_reason_is_mandatory")),
        _foreign("screening_criterion", "screening_id", "screening"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_criterion")),
        sa.UniqueConstraint(
            "screening_id", "position", name=op.f("uq_screening_criterion_screening_id_position")
        ),
    )


def _tasks() -> None:
    op.create_table(
        "screening_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("seen_fact_id", sa.Integer(), nullable=False),
        sa.Column("assigned_by", sa.String(length=200), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL",
            name=op.f("ck_screening_task_submitted_with_its_time"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'abstained', 'withdrawn') OR reason <> ''",
            name=op.f("ck_screening_task_refused_with_reason"),
        ),
        _foreign("screening_task", "screening_id", "screening"),
        _foreign("screening_task", "enterprise_id", "enterprise"),
        _foreign("screening_task", "reviewer_user_id", "user_account"),
        _foreign("screening_task", "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_task")),
        sa.UniqueConstraint("public_id", name=op.f("uq_screening_task_public_id")),
    )
    op.create_index(
        "uq_screening_task_counting",
        "screening_task",
        ["screening_id", "enterprise_id", "reviewer_user_id"],
        unique=True,
        sqlite_where=COUNTS,
        postgresql_where=COUNTS,
    )
    op.create_index(op.f("ix_screening_task_screening_id"), "screening_task", ["screening_id"])
    op.create_index(
        "ix_screening_task_reviewer", "screening_task", ["reviewer_user_id", "state", "due_on", "id"]
    )
    op.create_index("ix_screening_task_firm", "screening_task", ["enterprise_id", "screening_id"])


def _marks() -> None:
    op.create_table(
        "screening_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        _foreign("screening_mark", "task_id", "screening_task"),
        _foreign("screening_mark", "criterion_id", "screening_criterion"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_mark")),
        sa.UniqueConstraint("task_id", "criterion_id", name=op.f("uq_screening_mark_task_id_criterion_id")),
    )


def _ties() -> None:
    op.create_table(
        "conflict_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("has_conflict", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=500), nullable=False),
        sa.Column("declared_by_user_id", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT has_conflict OR ground <> ''", name=op.f("ck_conflict_declaration_conflict_has_its_ground")
        ),
        _foreign("conflict_declaration", "task_id", "screening_task"),
        _foreign("conflict_declaration", "declared_by_user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_declaration")),
    )
    op.create_index("ix_conflict_declaration_task", "conflict_declaration", ["task_id", "has_conflict"])
    op.create_table(
        "reviewer_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until IS NULL OR until > since", name=op.f("ck_reviewer_tie_valid_span")),
        _foreign("reviewer_tie", "organisation_id", "organisation"),
        _foreign("reviewer_tie", "user_id", "user_account"),
        _foreign("reviewer_tie", "enterprise_id", "enterprise"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_tie")),
    )
    op.create_index(op.f("ix_reviewer_tie_organisation_id"), "reviewer_tie", ["organisation_id"])
    op.create_index(op.f("ix_reviewer_tie_enterprise_id"), "reviewer_tie", ["enterprise_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
