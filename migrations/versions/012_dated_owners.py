"""Owners, burdens and pledges with their own days; what a person settled; where two sources disagree.

Revision: 012
After: 011

What stands keeps its values: since when an owner holds a patent was not kept, so it stays unknown. The flags
of lists are what stands without the pledges that registrations had added. Corrections that were accepted
before count as settled on the day of their decision. Going down drops who held a patent before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
FIRM_ITEMS = "'name', 'credit_code', 'address', 'industry_code', 'established_on'"
REGISTER_ITEMS = "'legal_form', 'operating_status', 'registered_capital', 'former_names'"


def upgrade() -> None:
    with op.batch_alter_table("patent") as patent:
        patent.add_column(sa.Column("listed_flags", sa.String(length=200), nullable=False, server_default=""))
        patent.add_column(sa.Column("flags_as_of", sa.Date(), nullable=True))
        patent.add_column(sa.Column("holders_as_of", sa.Date(), nullable=True))
        patent.add_column(sa.Column("holders_batch_id", sa.Integer(), nullable=True))
        patent.create_foreign_key(
            op.f("fk_patent_holders_batch_id_import_batch"), "import_batch", ["holders_batch_id"], ["id"]
        )
    with op.batch_alter_table("patent_applicant") as holding:
        holding.add_column(sa.Column("since", sa.Date(), nullable=True))
        holding.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        holding.add_column(sa.Column("evidence", sa.String(length=300), nullable=False, server_default=""))
        holding.create_foreign_key(
            op.f("fk_patent_applicant_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"]
        )
    op.execute("UPDATE patent SET listed_flags = flags")
    op.execute(
        "UPDATE patent SET listed_flags = trim(replace(' ' || flags || ' ', ' pledged ', ' '))"
        " WHERE id IN (SELECT patent_id FROM patent_pledge WHERE sets_flag)"
    )
    op.execute("UPDATE patent SET flags_as_of = coalesce(status_as_of, as_of) WHERE tells_flags")
    with op.batch_alter_table("patent_pledge") as pledge:
        pledge.drop_column("sets_flag")
        pledge.add_column(sa.Column("told_on", JSON, nullable=False, server_default="{}"))
    _tables()
    _settle_what_was_accepted()


def _tables() -> None:
    op.create_table(
        "source_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patent_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("held", JSON, nullable=False),
        sa.Column("told", JSON, nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("takes_effect", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_by_batch_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_user_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(patent_id IS NULL) <> (enterprise_id IS NULL)", name=op.f("ck_source_conflict_one_subject")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'superseded') OR reason <> ''",
            name=op.f("ck_source_conflict_decided_with_reason"),
        ),
        *_keys("source_conflict", batches=("batch_id", "superseded_by_batch_id")),
    )
    op.create_index("ix_source_conflict_queue", "source_conflict", ["state", "id"])
    op.create_index("ix_source_conflict_patent", "source_conflict", ["patent_id", "state"])
    op.create_index("ix_source_conflict_enterprise", "source_conflict", ["enterprise_id", "field"])
    for name in ("batch_id", "superseded_by_batch_id"):
        op.create_index(op.f(f"ix_source_conflict_{name}"), "source_conflict", [name])
    op.create_table(
        "settled_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patent_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conflict_id", sa.Integer(), nullable=True),
        sa.Column("ended_by_conflict_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(patent_id IS NULL) <> (enterprise_id IS NULL)", name=op.f("ck_settled_fact_one_subject")
        ),
        sa.CheckConstraint("evidence <> ''", name=op.f("ck_settled_fact_has_evidence")),
        *_keys("settled_fact"),
        *(
            sa.ForeignKeyConstraint(
                [name], ["source_conflict.id"], name=op.f(f"fk_settled_fact_{name}_source_conflict")
            )
            for name in ("conflict_id", "ended_by_conflict_id")
        ),
    )
    op.create_index("ix_settled_fact_patent", "settled_fact", ["patent_id", "field"])
    op.create_index("ix_settled_fact_enterprise", "settled_fact", ["enterprise_id", "field"])
    for name in ("conflict_id", "ended_by_conflict_id"):
        op.create_index(op.f(f"ix_settled_fact_{name}"), "settled_fact", [name])
    op.create_table(
        "past_holding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patent_id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("ended_by_batch_id", sa.Integer(), nullable=True),
        sa.Column("ended_evidence", sa.String(length=300), nullable=False),
        sa.CheckConstraint("since IS NULL OR until >= since", name=op.f("ck_past_holding_in_order")),
        *_keys("past_holding", subjects=("patent",), batches=("batch_id", "ended_by_batch_id")),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_past_holding_applicant_id_applicant")
        ),
    )
    for name in ("patent_id", "applicant_id", "ended_by_batch_id"):
        op.create_index(op.f(f"ix_past_holding_{name}"), "past_holding", [name])


def _keys(
    table: str, *, subjects: tuple[str, ...] = ("patent", "enterprise"), batches: tuple[str, ...] = ()
) -> list[sa.Constraint]:
    """Return the keys of a table: its own, and those to what a row is about and to its lists."""
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint(
                [f"{one}_id"], [f"{one}.id"], name=op.f(f"fk_{table}_{one}_id_{one}"), ondelete="CASCADE"
            )
            for one in subjects
        ),
        *(
            sa.ForeignKeyConstraint([name], ["import_batch.id"], name=op.f(f"fk_{table}_{name}_import_batch"))
            for name in batches
        ),
    ]


def _settle_what_was_accepted() -> None:
    columns = "patent_id, enterprise_id, field, source, as_of, evidence, recorded_by, recorded_at"
    told = "'correction', {day}, '更正申请' || r.public_id, r.decided_by, r.decided_at"
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    told = told.format(day="date(r.decided_at)" if is_sqlite else "CAST(r.decided_at AS date)")
    op.execute(
        f"INSERT INTO settled_fact ({columns}) SELECT NULL, r.enterprise_id, r.item, {told}"  # noqa: S608 - ours
        " FROM correction_request r"
        f" WHERE r.state = 'accepted' AND r.item IN ({FIRM_ITEMS}, {REGISTER_ITEMS})"
    )
    op.execute(
        f"INSERT INTO settled_fact ({columns}) SELECT p.id, NULL, 'holders', {told}"  # noqa: S608 - ours
        " FROM correction_request r JOIN patent p ON p.application_number = r.patent"
        " WHERE r.state = 'accepted' AND r.item IN ('patent_not_ours', 'patent_missing')"
    )


def downgrade() -> None:
    for table in ("past_holding", "settled_fact", "source_conflict"):
        op.drop_table(table)
    with op.batch_alter_table("patent_pledge") as pledge:
        pledge.drop_column("told_on")
        pledge.add_column(sa.Column("sets_flag", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE patent_pledge SET sets_flag ="
        " (SELECT patent.is_pledged AND patent.listed_flags <> patent.flags"
        " FROM patent WHERE patent.id = patent_pledge.patent_id)"
        " WHERE released_on IS NULL"
    )
    with op.batch_alter_table("patent_applicant") as holding:
        holding.drop_constraint(op.f("fk_patent_applicant_batch_id_import_batch"), type_="foreignkey")
        holding.drop_column("evidence")
        holding.drop_column("batch_id")
        holding.drop_column("since")
    with op.batch_alter_table("patent") as patent:
        patent.drop_constraint(op.f("fk_patent_holders_batch_id_import_batch"), type_="foreignkey")
        patent.drop_column("holders_batch_id")
        patent.drop_column("holders_as_of")
        patent.drop_column("flags_as_of")
        patent.drop_column("listed_flags")
