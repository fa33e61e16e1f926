"""Who may ask whom and how often, what institutions look for, and how suggestions are weighed.

Revision: 035
After: 034

In events from before everybody may ask everybody, without a limit; of two yeses the earlier one is the
request. Going down forgets all of it; the wishes themselves stay.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "035"
down_revision = "034"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
_FIRMS, _HOUSES = ("listed", "firm"), ("bank", "insurer", "guarantor")
_EVERYBODY = json.dumps(
    [f"{a}>{b}" for a in _FIRMS for b in _HOUSES] + [f"{a}>{b}" for a in _HOUSES for b in _FIRMS]
)
_WISH = sa.table("wish", *(sa.column(name) for name in (
    "id", "from_registration_id", "to_registration_id", "strength", "is_request"
)))  # fmt: skip


def upgrade() -> None:
    _add("event", {"asking": (JSON, _EVERYBODY)})
    _add("event", {f"{side}_requests": (sa.Integer(), "0") for side in ("enterprise", "institution")})
    with op.batch_alter_table("event") as table:
        table.create_check_constraint(
            op.f("ck_event_requests_not_negative"), "enterprise_requests >= 0 AND institution_requests >= 0"
        )
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("months", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_registration_months_range"), "months BETWEEN 1 AND 360")
    _add("registration", {"desk_absences": (JSON, "[]")})
    _add("wish", {"is_request": (sa.Boolean(), sa.false()), "part": (sa.String(length=40), "any")})
    other = _WISH.alias("other")
    earlier = sa.exists().where(
        other.c.from_registration_id == _WISH.c.to_registration_id,
        other.c.to_registration_id == _WISH.c.from_registration_id,
        other.c.strength > 0,
        other.c.id < _WISH.c.id,
    )
    op.execute(_WISH.update().where(_WISH.c.strength > 0, ~earlier).values(is_request=sa.true()))
    _make_tables()


def _add(table_name: str, columns: dict[str, tuple[sa.types.TypeEngine[object], object]]) -> None:
    """Add columns that old rows get a value for and new rows have to state."""
    with op.batch_alter_table(table_name) as table:
        for name, (kind, value) in columns.items():
            table.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table(table_name) as table:
        for name in columns:
            table.alter_column(name, server_default=None)


def _make_tables() -> None:
    op.create_table(
        "meeting_preference",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, kind, nullable=True)
            for name, kind in (
                ("amount_from_fen", sa.BigInteger()),
                ("amount_to_fen", sa.BigInteger()),
                ("months_from", sa.Integer()),
                ("months_to", sa.Integer()),
            )
        ),
        *(sa.Column(name, JSON, nullable=False) for name in ("industries", "counties", "kinds")),
        sa.Column("least_grade", sa.String(length=1), nullable=False),
        sa.Column("only_listed", sa.Boolean(), nullable=False),
        sa.Column("least_patents", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_meeting_preference_{name}"))
            for name, condition in (
                ("amount_range", "amount_to_fen >= amount_from_fen"),
                ("months_range", "months_to >= months_from"),
                ("patents_not_negative", "least_patents >= 0"),
            )
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_meeting_preference_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_meeting_preference")),
    )
    op.create_table(
        "suggestion_weights",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", JSON, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_suggestion_weights_number_from_one")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_suggestion_weights_has_a_reason")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_suggestion_weights")),
    )


def downgrade() -> None:
    op.drop_table("suggestion_weights")
    op.drop_table("meeting_preference")
    for table_name, checks, columns in (
        ("wish", (), ("part", "is_request")),
        ("registration", ("ck_registration_months_range",), ("months", "desk_absences")),
        (
            "event",
            ("ck_event_requests_not_negative",),
            ("institution_requests", "enterprise_requests", "asking"),
        ),
    ):
        with op.batch_alter_table(table_name) as table:
            for check in checks:
                table.drop_constraint(op.f(check), type_="check")
            for column in columns:
                table.drop_column(column)
