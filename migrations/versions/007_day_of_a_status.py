"""The day of the list that told a patent's status, apart from the day of the latest list that named it.

Revision: 007
After: 006

Going down drops the day; the statuses stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("patent", sa.Column("status_as_of", sa.Date(), nullable=True))
    # Until now one day stood for both.
    op.execute(
        "UPDATE patent SET status_as_of = as_of "
        "WHERE validity <> 'unknown' OR legal_status <> 'unknown' OR flags <> ''"
    )


def downgrade() -> None:
    op.drop_column("patent", "status_as_of")
