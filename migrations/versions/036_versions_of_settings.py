"""Versions of what two may change at once: programme, questions, files, preferences, sign-ups, opinions.

Revision: 036
After: 035

Whatever stands there is version 1. Going down forgets the versions only.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "036"
down_revision = "035"
branch_labels = None
depends_on = None

_VERSIONS = {
    "event_programme_line": ("lock_version",),
    "event_question": ("lock_version",),
    "event_material": ("lock_version",),
    "meeting_preference": ("lock_version",),
    "event_feedback": ("lock_version",),
    "registration": ("said_version", "absences_version"),
}


def upgrade() -> None:
    for table_name, names in _VERSIONS.items():
        with op.batch_alter_table(table_name) as table:
            for name in names:
                table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="1"))
        with op.batch_alter_table(table_name) as table:
            for name in names:
                table.alter_column(name, server_default=None)


def downgrade() -> None:
    for table_name, names in _VERSIONS.items():
        with op.batch_alter_table(table_name) as table:
            for name in names:
                table.drop_column(name)
