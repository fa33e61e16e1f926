"""What changes of the register of conduct ask the office to do, with a clock.

Revision: 020
After: 019

Going down drops the tasks; the acts themselves stay in the log.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "020"
down_revision = "019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gate_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("arose_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("closed_by_user_id", sa.Integer(), nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(closed_on IS NULL) = (outcome IS NULL)", name=op.f("ck_gate_task_closed_with_an_outcome")
        ),
        sa.CheckConstraint("due_on >= arose_on", name=op.f("ck_gate_task_due_after_it_arose")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_gate_task_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_task")),
        sa.UniqueConstraint("kind", "cause", name=op.f("uq_gate_task_kind_cause")),
    )
    op.create_index("ix_gate_task_queue", "gate_task", ["closed_on", "due_on", "id"])
    op.create_index(op.f("ix_gate_task_enterprise_id"), "gate_task", ["enterprise_id"])


def downgrade() -> None:
    op.drop_table("gate_task")
