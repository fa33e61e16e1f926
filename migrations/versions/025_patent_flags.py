"""Records of refusal grounds of pledge registration of single patents, and requests that name one of them.

Revision: 025
After: 024

Going down drops the records, and of requests which ground they were about: an open second request about
another ground of the same patent and item would break the old index, so the requests about grounds go too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "025"
down_revision = "024"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('submitted', 'referred', 'needs_more')")
_REQUEST = sa.table("correction_request", sa.column("id"), sa.column("item"))
_ONE_OPEN = "uq_correction_request_open"


def upgrade() -> None:
    op.create_table(
        "patent_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patent_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("request", sa.String(length=24), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("ended_as", sa.String(length=40), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=False),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_user_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "expires_on IS NULL OR expires_on > effective_on", name=op.f("ck_patent_flag_expires_later")
        ),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_on >= effective_on", name=op.f("ck_patent_flag_ends_later")
        ),
        sa.CheckConstraint(
            "(withdrawn_on IS NULL) = (ended_as IS NULL)", name=op.f("ck_patent_flag_ended_with_a_reason")
        ),
        sa.CheckConstraint("source <> ''", name=op.f("ck_patent_flag_has_a_source")),
        sa.ForeignKeyConstraint(["patent_id"], ["patent.id"], name=op.f("fk_patent_flag_patent_id_patent")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["document.id"], name=op.f("fk_patent_flag_evidence_id_document")
        ),
        sa.ForeignKeyConstraint(["proof_id"], ["document.id"], name=op.f("fk_patent_flag_proof_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patent_flag")),
    )
    op.create_index("ix_patent_flag_patent", "patent_flag", ["patent_id", "code"])
    with op.batch_alter_table("correction_request") as table:
        table.add_column(sa.Column("ground", sa.String(length=4), server_default="", nullable=False))
    _one_open(["enterprise_id", "item", "patent", "ground"])


def downgrade() -> None:
    about = sa.select(_REQUEST.c.id).where(_REQUEST.c.item == "patent_flag")
    for name in ("correction_act", "correction_proof"):
        follows = sa.table(name, sa.column("request_id"))
        op.execute(sa.delete(follows).where(follows.c.request_id.in_(about)))
    op.execute(sa.delete(_REQUEST).where(_REQUEST.c.item == "patent_flag"))
    _one_open(["enterprise_id", "item", "patent"])
    with op.batch_alter_table("correction_request") as table:
        table.drop_column("ground")
    op.drop_index("ix_patent_flag_patent", table_name="patent_flag")
    op.drop_table("patent_flag")


def _one_open(columns: list[str]) -> None:
    op.drop_index(_ONE_OPEN, table_name="correction_request")
    op.create_index(
        _ONE_OPEN,
        "correction_request",
        columns,
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
