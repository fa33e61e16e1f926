"""Training records made again and of companions; visits written down from the event they took place in.

Revision: 038
After: 037

Going down keeps one record of each registration: the last one of the person it names. The records of
companions, and those that others replaced, are forgotten; their certificates on paper still verify as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "038"
down_revision = "037"
branch_labels = None
depends_on = None

_STANDS = sa.text("revoked_at IS NULL")
_FROM_SOMETHING = sa.text("origin <> '' AND voided_at IS NULL")
_EMPTY = sa.text("''")


def upgrade() -> None:
    with op.batch_alter_table("training_record") as record:
        record.add_column(sa.Column("is_companion", sa.Boolean(), nullable=False, server_default=sa.false()))
        record.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        record.drop_constraint(op.f("uq_training_record_registration_id"), type_="unique")
        record.create_unique_constraint(op.f("uq_training_record_replaces_id"), ["replaces_id"])
        record.create_foreign_key(
            op.f("fk_training_record_replaces_id_training_record"), "training_record", ["replaces_id"], ["id"]
        )
        record.create_check_constraint(
            op.f("ck_training_record_replaces_an_older"), "replaces_id IS NULL OR replaces_id < id"
        )
    with op.batch_alter_table("training_record") as record:
        record.alter_column("is_companion", server_default=None)
    op.create_index("ix_training_record_registration_id", "training_record", ["registration_id", "id"])
    op.create_index(
        "uq_training_record_standing",
        "training_record",
        ["registration_id", "is_companion"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )
    _add_words("attendance", "companion_name")
    with op.batch_alter_table("attendance") as attendance:
        attendance.create_check_constraint(
            op.f("ck_attendance_companion_of_who_came"), "mark = 'present' OR companion_name = ''"
        )
    _add_words("enterprise_visit", "origin")
    op.create_index(
        "uq_enterprise_visit_origin",
        "enterprise_visit",
        ["origin"],
        unique=True,
        sqlite_where=_FROM_SOMETHING,
        postgresql_where=_FROM_SOMETHING,
    )


def _add_words(table_name: str, column: str) -> None:
    """Add a text of sixty characters that old rows leave empty and new rows have to state."""
    with op.batch_alter_table(table_name) as table:
        table.add_column(sa.Column(column, sa.String(60), nullable=False, server_default=_EMPTY))
    with op.batch_alter_table(table_name) as table:
        table.alter_column(column, server_default=None)


def downgrade() -> None:
    op.drop_index("uq_enterprise_visit_origin", table_name="enterprise_visit")
    with op.batch_alter_table("enterprise_visit") as visit:
        visit.drop_column("origin")
    with op.batch_alter_table("attendance") as attendance:
        attendance.drop_constraint(op.f("ck_attendance_companion_of_who_came"), type_="check")
        attendance.drop_column("companion_name")
    op.execute("UPDATE training_record SET replaces_id = NULL")
    op.execute("DELETE FROM training_record WHERE is_companion")
    op.execute(
        "DELETE FROM training_record WHERE id NOT IN"
        " (SELECT MAX(kept.id) FROM training_record AS kept GROUP BY kept.registration_id)"
    )
    op.drop_index("uq_training_record_standing", table_name="training_record")
    op.drop_index("ix_training_record_registration_id", table_name="training_record")
    with op.batch_alter_table("training_record") as record:
        record.drop_constraint(op.f("ck_training_record_replaces_an_older"), type_="check")
        record.drop_constraint(op.f("fk_training_record_replaces_id_training_record"), type_="foreignkey")
        record.drop_constraint(op.f("uq_training_record_replaces_id"), type_="unique")
        record.create_unique_constraint(op.f("uq_training_record_registration_id"), ["registration_id"])
        record.drop_column("replaces_id")
        record.drop_column("is_companion")
