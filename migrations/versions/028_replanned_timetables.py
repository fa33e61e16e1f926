"""A timetable that re-plans the rest of a day knows the one that it started from.

Revision: 028
After: 027

Timetables from before start from none. Going down forgets which started from which; their meetings stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "028"
down_revision = "027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event_timetable") as table:
        table.add_column(sa.Column("base_number", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_event_timetable_base_is_earlier"), "base_number < number")


def downgrade() -> None:
    with op.batch_alter_table("event_timetable") as table:
        table.drop_constraint(op.f("ck_event_timetable_base_is_earlier"), type_="check")
        table.drop_column("base_number")
