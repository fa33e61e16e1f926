"""What the guard of publication asks for: looks, waivers, the public notice, objections, overrides.

Revision: 016
After: 015

Going down drops looks, waivers and objections: they are not kept anywhere else. A round under notice goes
back to its maker, for the state is not known there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "016"
down_revision = "015"
branch_labels = None
depends_on = None

RULES = {
    "notice_has_its_days": (
        "state <> 'noticed' OR (notice_from IS NOT NULL AND noticed_by_user_id IS NOT NULL)"
    ),
    "notice_span": (
        "(notice_from IS NULL) = (notice_last_day IS NULL)"
        " AND (notice_from IS NULL OR notice_last_day > notice_from)"
    ),
    "noticed_by_another": "noticed_by_user_id IS NULL OR noticed_by_user_id <> submitted_by_user_id",
}

ENTRY_RULES = {
    "override_has_a_reason": "(override_outcome IS NULL) = (override_reason = '')",
    "override_by_two_persons": (
        "override_approved_by_user_id IS NULL OR override_approved_by_user_id <> overridden_by_user_id"
    ),
}


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
    _notices()
    with op.batch_alter_table("round_entry") as entry:
        entry.add_column(sa.Column("inputs_seen", sa.String(length=64), nullable=False, server_default=""))
        entry.add_column(sa.Column("override_outcome", sa.String(length=40), nullable=True))
        entry.add_column(
            sa.Column("override_reason", sa.String(length=300), nullable=False, server_default="")
        )
        entry.add_column(sa.Column("overridden_by_user_id", sa.Integer(), nullable=True))
        entry.add_column(sa.Column("overridden_by", sa.String(length=200), nullable=False, server_default=""))
        entry.add_column(sa.Column("override_approved_by_user_id", sa.Integer(), nullable=True))
        entry.add_column(
            sa.Column("override_approved_by", sa.String(length=200), nullable=False, server_default="")
        )
        entry.add_column(sa.Column("lock_version", sa.Integer(), nullable=False, server_default="1"))
        for name, rule in ENTRY_RULES.items():
            entry.create_check_constraint(op.f(f"ck_round_entry_{name}"), rule)
    with op.batch_alter_table("admission") as admission:
        admission.create_check_constraint(op.f("ck_admission_is_graded"), "grade <> 'unrated'")


def _notices() -> None:
    with op.batch_alter_table("whitelist_round") as round_:
        round_.add_column(sa.Column("notice_from", sa.Date(), nullable=True))
        round_.add_column(sa.Column("notice_last_day", sa.Date(), nullable=True))
        round_.add_column(
            sa.Column("notice_is_provisional", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        round_.add_column(sa.Column("noticed_by_user_id", sa.Integer(), nullable=True))
        round_.add_column(sa.Column("noticed_by", sa.String(length=200), nullable=False, server_default=""))
        for name, rule in RULES.items():
            round_.create_check_constraint(op.f(f"ck_whitelist_round_{name}"), rule)
    op.create_table(
        "round_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("contact_sealed", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_by_user_id", sa.Integer(), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name=op.f("ck_round_objection_answered_with_its_time")
        ),
        sa.CheckConstraint(
            "answered_at IS NULL OR answer <> ''", name=op.f("ck_round_objection_answered_in_words")
        ),
        sa.CheckConstraint(
            "name <> '' AND contact_sealed <> ''", name=op.f("ck_round_objection_somebody_answers_for_it")
        ),
        sa.CheckConstraint("due_on >= filed_on", name=op.f("ck_round_objection_due_after_filing")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["whitelist_round.id"], name=op.f("fk_round_objection_round_id_whitelist_round")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_round_objection_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["document.id"], name=op.f("fk_round_objection_evidence_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_objection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_round_objection_public_id")),
    )
    op.create_index("ix_round_objection_queue", "round_objection", ["state", "due_on", "id"])
    op.create_index(op.f("ix_round_objection_round_id"), "round_objection", ["round_id"])
    op.create_index(op.f("ix_round_objection_enterprise_id"), "round_objection", ["enterprise_id"])


def downgrade() -> None:
    op.drop_table("round_objection")
    op.execute(
        "UPDATE whitelist_round SET state = 'draft', submitted_by_user_id = NULL, submitted_by = '',"
        " submitted_at = NULL WHERE state = 'noticed'"
    )
    op.execute("UPDATE round_entry SET outcome = 'below_line' WHERE outcome = 'held'")
    with op.batch_alter_table("whitelist_round") as round_:
        for name in RULES:
            round_.drop_constraint(op.f(f"ck_whitelist_round_{name}"), type_="check")
        for column in (
            "notice_from", "notice_last_day", "notice_is_provisional", "noticed_by_user_id", "noticed_by",
        ):  # fmt: skip
            round_.drop_column(column)
    with op.batch_alter_table("admission") as admission:
        admission.drop_constraint(op.f("ck_admission_is_graded"), type_="check")
    with op.batch_alter_table("round_entry") as entry:
        for name in ENTRY_RULES:
            entry.drop_constraint(op.f(f"ck_round_entry_{name}"), type_="check")
        for column in (
            "inputs_seen", "override_outcome", "override_reason", "overridden_by_user_id", "overridden_by",
            "override_approved_by_user_id", "override_approved_by", "lock_version",
        ):  # fmt: skip
            entry.drop_column(column)
    op.drop_table("gate_waiver")
    op.drop_index("ix_register_consultation_code", table_name="register_consultation")
    op.drop_table("register_consultation")
