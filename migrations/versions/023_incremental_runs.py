"""Score runs of only the firms that changed: marks of changes, a run's base, what a sheet adds to its run.

Revision: 023
After: 022

A run from before has no base and its sheets no gist, so the first run afterwards is a full one. Going down
drops both: runs and sheets stay whole.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "023"
down_revision = "022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enterprise_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_enterprise_change_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_change")),
    )
    op.create_index(op.f("ix_enterprise_change_enterprise_id"), "enterprise_change", ["enterprise_id"])
    with op.batch_alter_table("score_run") as table:
        table.add_column(sa.Column("base_run_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("rescored_count", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_score_run_base_run_id_score_run"), "score_run", ["base_run_id"], ["id"]
        )
    with op.batch_alter_table("score_sheet") as table:
        table.add_column(sa.Column("gist", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("score_sheet") as table:
        table.drop_column("gist")
    with op.batch_alter_table("score_run") as table:
        table.drop_constraint(op.f("fk_score_run_base_run_id_score_run"), type_="foreignkey")
        table.drop_column("rescored_count")
        table.drop_column("base_run_id")
    op.drop_index(op.f("ix_enterprise_change_enterprise_id"), table_name="enterprise_change")
    op.drop_table("enterprise_change")
