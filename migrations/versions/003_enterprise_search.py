"""Words of any length, from one character on, are found in the names of enterprises.

Revision: 003
After: 002

`enterprise.search_text` holds the characters apart by spaces, so that both databases' plain tokenisers
make a token of each and a phrase query is a search for a substring (two characters are the usual
Chinese query, and SQLite's trigrams cannot find those).
"""

from __future__ import annotations

from alembic import op

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None

ADD = "INSERT INTO enterprise_fts (rowid, search_text) VALUES (NEW.id, NEW.search_text)"
REMOVE = (
    "INSERT INTO enterprise_fts (enterprise_fts, rowid, search_text)"
    " VALUES ('delete', OLD.id, OLD.search_text)"
)
TRIGGERS = {
    "enterprise_fts_added": f"AFTER INSERT ON enterprise BEGIN {ADD}; END",
    "enterprise_fts_removed": f"AFTER DELETE ON enterprise BEGIN {REMOVE}; END",
    "enterprise_fts_changed": f"AFTER UPDATE OF search_text ON enterprise BEGIN {REMOVE}; {ADD}; END",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE INDEX ix_enterprise_search ON enterprise USING gin (to_tsvector('simple', search_text))"
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE enterprise_fts USING fts5"
        " (search_text, content='enterprise', content_rowid='id', tokenize='unicode61')"
    )
    op.execute("INSERT INTO enterprise_fts (enterprise_fts) VALUES ('rebuild')")
    for name, body in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {body}")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP INDEX ix_enterprise_search")
        return
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE enterprise_fts")
