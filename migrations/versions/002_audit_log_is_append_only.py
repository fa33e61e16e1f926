"""The audit log can only grow, whoever writes to the database.

Revision: 002
After: 001

An entry must be the next one of the chain, none may be changed or taken away, and the head moves only
onto the entry that was just written. SQLite's `INSERT OR REPLACE` deletes without the triggers of
deleting; the trigger of inserting stops it. Whoever may drop triggers can still tamper: that is what
`ipfin.audit.service.verify` finds.
"""

from __future__ import annotations

from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None

NEXT_ENTRY = (
    "EXISTS (SELECT 1 FROM audit_head WHERE audit_head.length + 1 = NEW.id"
    " AND audit_head.hash = NEW.previous_hash)"
)
NEXT_HEAD = (
    "NEW.id = OLD.id AND NEW.length = OLD.length + 1"
    " AND EXISTS (SELECT 1 FROM audit_entry"
    " WHERE audit_entry.id = NEW.length AND audit_entry.hash = NEW.hash)"
)
# name -> (table, when, the condition that must hold or "" for never, what is said otherwise)
RULES = {
    "audit_entry_is_next": ("audit_entry", "INSERT", NEXT_ENTRY, "an audit entry must follow the last one"),
    "audit_entry_stays": ("audit_entry", "UPDATE", "", "audit entries cannot be changed"),
    "audit_entry_remains": ("audit_entry", "DELETE", "", "audit entries cannot be removed"),
    "audit_head_is_single": ("audit_head", "INSERT", "", "the audit log has one head"),
    "audit_head_moves_on": ("audit_head", "UPDATE", NEXT_HEAD, "the head of the audit log only moves on"),
    "audit_head_remains": ("audit_head", "DELETE", "", "the head of the audit log cannot be removed"),
}
TABLES = ("audit_entry", "audit_head")


def upgrade() -> None:
    # An empty log; the head is there already where 002 was taken back and comes again.
    op.execute(
        "INSERT INTO audit_head (id, length, hash) SELECT 1, 0,"
        " '0000000000000000000000000000000000000000000000000000000000000000'"
        " WHERE NOT EXISTS (SELECT 1 FROM audit_head)"
    )
    for name, rule in RULES.items():
        if op.get_bind().dialect.name == "sqlite":
            _guard_sqlite(name, *rule)
        else:
            _guard_postgresql(name, *rule)


def _guard_sqlite(name: str, table: str, when: str, condition: str, refusal: str) -> None:
    unless = f"WHEN NOT ({condition}) " if condition else ""
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {when} ON {table} {unless}BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    )


def _guard_postgresql(name: str, table: str, when: str, condition: str, refusal: str) -> None:
    test = f"IF {condition} THEN RETURN NEW; END IF;" if condition else ""
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {test}"
        f" RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    if when == "DELETE":
        op.execute(
            f"CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in RULES:
            op.execute(f"DROP TRIGGER {name}")
        return
    for name in RULES:
        op.execute(f"DROP FUNCTION {name}() CASCADE")
