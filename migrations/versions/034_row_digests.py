"""All that stands of a patent as one short digest: a list that comes again is compared at once.

Revision: 034
After: 033

The database itself forgets the digest of a patent whenever one of the columns changes that a list is compared
with, whoever changes it. Patents from before have none until a list next tells them (docs/adr/0016). Going
down forgets all digests: they are found again from the rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "034"
down_revision = "033"
branch_labels = None
depends_on = None

COMPARED = (
    "application_number", "publication_root", "publication_number", "title", "kind", "filed_on",
    "filing_year", "published_on", "granted_on", "expires_on", "ipc_main", "ipc_subclasses", "claims_count",
    "cited_by_count", "cites_count", "family_count", "industry_codes", "strategic_industry", "vendor_group",
    "validity", "legal_status", "was_granted", "listed_status", "listed_flags", "tells_flags", "flags",
    "is_pledged",
)  # fmt: skip
NAME = "patent_forgets_digest"


FORGET = "UPDATE patent SET told_digest = NULL WHERE id = NEW.id"
SQLITE = (
    f"CREATE TRIGGER {NAME} AFTER UPDATE OF {', '.join(COMPARED)} ON patent"
    f" WHEN NEW.told_digest IS NOT NULL BEGIN {FORGET}; END"
)
DIFFERS = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in COMPARED)
POSTGRESQL = (
    f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN NEW.told_digest := NULL; RETURN NEW; END $$",
    f"CREATE TRIGGER {NAME} BEFORE UPDATE ON patent FOR EACH ROW"
    f" WHEN (NEW.told_digest IS NOT NULL AND ({DIFFERS})) EXECUTE FUNCTION {NAME}()",
)


def upgrade() -> None:
    # Not in a batch: that would make the table anew, and lose what follows it.
    op.add_column("patent", sa.Column("told_digest", sa.LargeBinary(), nullable=True))
    for statement in (SQLITE,) if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {NAME}")
    else:
        op.execute(f"DROP TRIGGER {NAME} ON patent")
        op.execute(f"DROP FUNCTION {NAME}()")
    op.drop_column("patent", "told_digest")
