"""The measure of citations and claims, frozen and numbered; a run names the one that it used.

Revision: 013
After: 012

From here on sheets are kept packed (`whitelist.packing`). Going down drops the references and unpacks the
sheets; they stay, and name a reference that is gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ipfin.whitelist.packing import MARK, unpack

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'proposed'")


def upgrade() -> None:
    op.create_table(
        "cohort_reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("data_as_of", sa.Date(), nullable=False),
        sa.Column("patents_count", sa.Integer(), nullable=False),
        sa.Column("cells_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("proposed_by_user_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.String(length=200), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_user_id", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "state <> 'approved' OR version = 1 OR (proposed_by_user_id IS NOT NULL"
            " AND approved_by_user_id IS NOT NULL AND approved_by_user_id <> proposed_by_user_id)",
            name=op.f("ck_cohort_reference_two_persons"),
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL)",
            name=op.f("ck_cohort_reference_approved_at_a_moment"),
        ),
        sa.CheckConstraint(
            "patents_count >= 0 AND cells_count >= 0", name=op.f("ck_cohort_reference_counts_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_reference")),
        sa.UniqueConstraint("version", name=op.f("uq_cohort_reference_version")),
    )
    op.create_index(
        "uq_cohort_reference_waiting",
        "cohort_reference",
        ["state"],
        unique=True,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    with op.batch_alter_table("score_run") as run:
        run.add_column(sa.Column("cohort_reference_id", sa.Integer(), nullable=True))
        run.create_foreign_key(
            op.f("fk_score_run_cohort_reference_id_cohort_reference"),
            "cohort_reference",
            ["cohort_reference_id"],
            ["id"],
        )


def downgrade() -> None:
    _unpack_sheets()
    with op.batch_alter_table("score_run") as run:
        run.drop_constraint(op.f("fk_score_run_cohort_reference_id_cohort_reference"), type_="foreignkey")
        run.drop_column("cohort_reference_id")
    op.drop_index("uq_cohort_reference_waiting", table_name="cohort_reference")
    op.drop_table("cohort_reference")


def _unpack_sheets() -> None:
    sheets = sa.table("score_sheet", sa.column("id", sa.Integer), sa.column("body", sa.Text))
    connection = op.get_bind()
    last = 0
    while True:
        some = sa.select(sheets).where(sheets.c.id > last, sheets.c.body.startswith(MARK))
        rows = connection.execute(some.order_by(sheets.c.id).limit(1_000)).all()
        if not rows:
            return
        for number, body in rows:
            plain = sheets.update().where(sheets.c.id == number).values(body=unpack(body))
            connection.execute(plain)
        last = rows[-1][0]
