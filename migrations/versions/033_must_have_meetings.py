"""Meetings that must be held without being fixed to a slot.

Revision: 033
After: 032

Going down releases those without a slot; the wishes of both sides stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "033"
down_revision = "032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("fixed_meeting") as table:
        table.alter_column("slot", existing_type=sa.Integer(), nullable=True)
        table.create_check_constraint(
            op.f("ck_fixed_meeting_desk_needs_slot"), "slot IS NOT NULL OR desk IS NULL"
        )


def downgrade() -> None:
    op.execute("DELETE FROM fixed_meeting WHERE slot IS NULL")
    with op.batch_alter_table("fixed_meeting") as table:
        table.drop_constraint(op.f("ck_fixed_meeting_desk_needs_slot"), type_="check")
        table.alter_column("slot", existing_type=sa.Integer(), nullable=False)
