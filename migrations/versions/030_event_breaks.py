"""Slots of an event in which nobody meets.

Revision: 030
After: 029

Events from before have none. Going down forgets them; timetables that were planned around them stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "030"
down_revision = "029"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    with op.batch_alter_table("event") as table:
        table.add_column(sa.Column("breaks", JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("event") as table:
        table.alter_column("breaks", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("event") as table:
        table.drop_column("breaks")
