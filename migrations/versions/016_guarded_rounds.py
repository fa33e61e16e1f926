"""Looks into registers, waivers, and what the second person saw: what the guard of publication asks for.

Revision: 016
After: 011

Going down drops the looks and the waivers: they are not kept anywhere else.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "016"
down_revision = "011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("register", sa.String(length=200), nullable=False),
        sa.Column("covers", sa.String(length=300), nullable=False),
        sa.Column("consulted_on", sa.Date(), nullable=False),
        sa.Column("consulted_by_user_id", sa.Integer(), nullable=True),
        sa.Column("consulted_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "register <> '' AND covers <> ''", name=op.f("ck_register_consultation_says_what_was_read")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_consultation")),
    )
    op.create_index("ix_register_consultation_code", "register_consultation", ["code", "consulted_on"])
    op.create_table(
        "gate_waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("waived_by_user_id", sa.Integer(), nullable=True),
        sa.Column("waived_by", sa.String(length=200), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_gate_waiver_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["whitelist_round.id"], name=op.f("fk_gate_waiver_round_id_whitelist_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_waiver")),
        sa.UniqueConstraint("round_id", "code", name=op.f("uq_gate_waiver_round_id_code")),
    )
    with op.batch_alter_table("round_entry") as entry:
        entry.add_column(sa.Column("inputs_seen", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("admission") as admission:
        admission.create_check_constraint(op.f("ck_admission_is_graded"), "grade <> 'unrated'")


def downgrade() -> None:
    with op.batch_alter_table("admission") as admission:
        admission.drop_constraint(op.f("ck_admission_is_graded"), type_="check")
    with op.batch_alter_table("round_entry") as entry:
        entry.drop_column("inputs_seen")
    op.drop_table("gate_waiver")
    op.drop_index("ix_register_consultation_code", table_name="register_consultation")
    op.drop_table("register_consultation")
