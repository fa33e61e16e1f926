"""Scorecards by two persons and from a day on; drafts and simulations; a use for each card.

Revision: 017
After: 016

A version that scored before stays in force as it was: its act is kept as one from before two persons were
asked, and the last of them goes on scoring. Going down keeps the latest act of each version; drafts are lost.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "017"
down_revision = "016"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
_FOUNDED = sa.text("kind = 'founded'")


def upgrade() -> None:
    with op.batch_alter_table("scorecard_version") as version:
        version.add_column(
            sa.Column("scenario", sa.String(length=40), nullable=False, server_default="whitelist")
        )
    _drafts()
    _simulations()
    _activations()
    # The day on which a version began must not lie before that of an earlier one: the last one scored.
    op.execute(
        "INSERT INTO card_activation (card_version_id, scenario, kind, active_from, reason, submitted_by,"  # noqa: S608
        " approved_by, approved_at, decision_note, withdrawn_by, withdrawn_reason)"
        " SELECT id, 'whitelist', 'earlier', max(activated_on) OVER (ORDER BY id), '', '',"
        f" activated_by, {_midnight()}, '', '', '' FROM scorecard_version ORDER BY id"
    )
    with op.batch_alter_table("scorecard_version") as version:
        version.drop_column("activated_on")
        version.drop_column("activated_by")


def _midnight() -> str:
    if op.get_bind().dialect.name == "sqlite":
        return "activated_on || ' 00:00:00.000000'"
    return "activated_on::timestamp AT TIME ZONE 'UTC'"


def _drafts() -> None:
    op.create_table(
        "card_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("base_version_id", sa.Integer(), nullable=True),
        sa.Column("author_user_id", sa.Integer(), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_user_id", sa.Integer(), nullable=True),
        sa.Column("saved_by", sa.String(length=200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_user_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by", sa.String(length=200), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("decision_note", sa.String(length=300), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'approved')"
            " OR (submitted_by_user_id IS NOT NULL AND submitted_sha256 <> '')",
            name=op.f("ck_card_draft_submitted_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_draft")),
        sa.ForeignKeyConstraint(
            ["base_version_id"],
            ["scorecard_version.id"],
            name=op.f("fk_card_draft_base_version_id_scorecard_version"),
        ),
    )


def _simulations() -> None:
    op.create_table(
        "card_simulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("card_sha256", sa.String(length=64), nullable=False),
        sa.Column("minimum_grade", sa.String(length=40), nullable=False),
        sa.Column("found", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("computed_by", sa.String(length=200), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_simulation")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["card_draft.id"], name=op.f("fk_card_simulation_draft_id_card_draft")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["score_run.id"], name=op.f("fk_card_simulation_run_id_score_run")
        ),
    )
    op.create_index(op.f("ix_card_simulation_draft_id"), "card_simulation", ["draft_id"])


def _activations() -> None:
    op.create_table(
        "card_activation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_version_id", sa.Integer(), nullable=False),
        sa.Column("scenario", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("submitted_by_user_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by", sa.String(length=200), nullable=False),
        sa.Column("approved_by_user_id", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_note", sa.String(length=300), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "kind <> 'approved' OR (submitted_by_user_id IS NOT NULL AND approved_by_user_id IS NOT NULL"
            " AND approved_by_user_id <> submitted_by_user_id)",
            name=op.f("ck_card_activation_two_persons"),
        ),
        sa.CheckConstraint(
            "(withdrawn_on IS NULL) = (withdrawn_reason = '')",
            name=op.f("ck_card_activation_withdrawn_with_reason"),
        ),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_on < active_from",
            name=op.f("ck_card_activation_withdrawn_before_its_day"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_activation")),
        sa.ForeignKeyConstraint(
            ["card_version_id"],
            ["scorecard_version.id"],
            name=op.f("fk_card_activation_card_version_id_scorecard_version"),
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["card_draft.id"], name=op.f("fk_card_activation_draft_id_card_draft")
        ),
    )
    op.create_index(
        "uq_card_activation_founded",
        "card_activation",
        ["scenario"],
        unique=True,
        sqlite_where=_FOUNDED,
        postgresql_where=_FOUNDED,
    )
    op.create_index("ix_card_activation_in_force", "card_activation", ["scenario", "active_from", "id"])


def downgrade() -> None:
    with op.batch_alter_table("scorecard_version") as version:
        version.add_column(sa.Column("activated_on", sa.Date(), nullable=True))
        version.add_column(
            sa.Column("activated_by", sa.String(length=200), nullable=False, server_default="")
        )
    for column, said in (("activated_on", "active_from"), ("activated_by", "approved_by")):
        op.execute(
            f"UPDATE scorecard_version SET {column} = coalesce((SELECT {said} FROM card_activation"  # noqa: S608 - ours
            " WHERE card_version_id = scorecard_version.id ORDER BY active_from DESC, id DESC LIMIT 1),"
            f" {'CURRENT_DATE' if said == 'active_from' else chr(39) * 2})"
        )
    with op.batch_alter_table("scorecard_version") as version:
        version.alter_column("activated_on", existing_type=sa.Date(), nullable=False)
        version.alter_column("activated_by", existing_type=sa.String(length=200), server_default=None)
    op.drop_index("ix_card_activation_in_force", table_name="card_activation")
    op.drop_index("uq_card_activation_founded", table_name="card_activation")
    op.drop_table("card_activation")
    op.drop_table("card_simulation")
    op.drop_table("card_draft")
    with op.batch_alter_table("scorecard_version") as version:
        version.drop_column("scenario")
