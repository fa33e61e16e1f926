"""Lists of every kind: what kind a batch is, which firm a row speaks of, which list told a fact.

Revision: 010
After: 009

A firm may hold several titles of one day and source, so titles are unique by their word. Going down keeps
the latest of them, and drops the facts of kinds that the version before does not know.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None

ONE_OF_A_KIND = "uq_enterprise_fact_enterprise_id_kind_as_of_source"
NEW_KINDS = "'legal_form', 'operating_status', 'registered_capital', 'former_names'"


def upgrade() -> None:
    with op.batch_alter_table("import_batch") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=40), nullable=False, server_default="patents"))
    with op.batch_alter_table("import_row") as row:
        row.add_column(sa.Column("enterprise_id", sa.Integer(), nullable=True))
        row.create_foreign_key(
            op.f("fk_import_row_enterprise_id_enterprise"),
            "enterprise",
            ["enterprise_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.create_index(op.f("ix_import_row_enterprise_id"), "import_row", ["enterprise_id"], unique=False)
    with op.batch_alter_table("enterprise_fact") as fact:
        fact.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        fact.alter_column("word", type_=sa.String(length=200), existing_nullable=False)
        fact.drop_constraint(op.f(ONE_OF_A_KIND), type_="unique")
        fact.create_foreign_key(
            op.f("fk_enterprise_fact_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"]
        )
    op.create_index(op.f("ix_enterprise_fact_batch_id"), "enterprise_fact", ["batch_id"], unique=False)
    _unique("uq_enterprise_fact_one", "kind", "kind <> 'title'")
    _unique("uq_enterprise_fact_title", "word", "kind = 'title'")
    with op.batch_alter_table("conduct_record") as conduct:
        conduct.add_column(sa.Column("reference", sa.String(length=120), nullable=False, server_default=""))
        conduct.add_column(sa.Column("as_of", sa.Date(), nullable=True))
        conduct.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        conduct.create_foreign_key(
            op.f("fk_conduct_record_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"]
        )
    op.create_index(op.f("ix_conduct_record_batch_id"), "conduct_record", ["batch_id"], unique=False)
    _pledges()


def _pledges() -> None:
    op.create_table(
        "patent_pledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patent_id", sa.Integer(), nullable=False),
        sa.Column("registration_number", sa.String(length=60), nullable=False),
        sa.Column("pledgor", sa.String(length=300), nullable=False),
        sa.Column("pledgee", sa.String(length=300), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("sets_flag", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("registration_number <> ''", name=op.f("ck_patent_pledge_has_a_number")),
        sa.CheckConstraint(
            "released_on IS NULL OR registered_on IS NULL OR released_on >= registered_on",
            name=op.f("ck_patent_pledge_released_later"),
        ),
        sa.CheckConstraint(
            "amount_fen IS NULL OR amount_fen > 0", name=op.f("ck_patent_pledge_amount_positive")
        ),
        sa.ForeignKeyConstraint(["patent_id"], ["patent.id"], name=op.f("fk_patent_pledge_patent_id_patent")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_patent_pledge_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patent_pledge")),
        sa.UniqueConstraint(
            "patent_id",
            "registration_number",
            name=op.f("uq_patent_pledge_patent_id_registration_number"),
        ),
    )
    op.create_index(op.f("ix_patent_pledge_patent_id"), "patent_pledge", ["patent_id"], unique=False)
    op.create_index(op.f("ix_patent_pledge_batch_id"), "patent_pledge", ["batch_id"], unique=False)


def _unique(name: str, column: str, where: str) -> None:
    op.create_index(
        name,
        "enterprise_fact",
        ["enterprise_id", column, "as_of", "source"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def downgrade() -> None:
    op.drop_table("patent_pledge")
    op.drop_index(op.f("ix_conduct_record_batch_id"), table_name="conduct_record")
    with op.batch_alter_table("conduct_record") as conduct:
        conduct.drop_constraint(op.f("fk_conduct_record_batch_id_import_batch"), type_="foreignkey")
        conduct.drop_column("batch_id")
        conduct.drop_column("as_of")
        conduct.drop_column("reference")
    for name in ("uq_enterprise_fact_title", "uq_enterprise_fact_one"):
        op.drop_index(name, table_name="enterprise_fact")
    op.execute(f"DELETE FROM enterprise_fact WHERE kind IN ({NEW_KINDS}) OR length(word) > 60")  # noqa: S608 - ours
    op.execute(
        "DELETE FROM enterprise_fact WHERE id NOT IN"
        " (SELECT max(id) FROM enterprise_fact GROUP BY enterprise_id, kind, as_of, source)"
    )
    op.drop_index(op.f("ix_enterprise_fact_batch_id"), table_name="enterprise_fact")
    with op.batch_alter_table("enterprise_fact") as fact:
        fact.drop_constraint(op.f("fk_enterprise_fact_batch_id_import_batch"), type_="foreignkey")
        fact.drop_column("batch_id")
        fact.alter_column("word", type_=sa.String(length=60), existing_nullable=False)
        fact.create_unique_constraint(op.f(ONE_OF_A_KIND), ["enterprise_id", "kind", "as_of", "source"])
    op.drop_index(op.f("ix_import_row_enterprise_id"), table_name="import_row")
    with op.batch_alter_table("import_row") as row:
        row.drop_constraint(op.f("fk_import_row_enterprise_id_enterprise"), type_="foreignkey")
        row.drop_column("enterprise_id")
    with op.batch_alter_table("import_batch") as batch:
        batch.drop_column("kind")
