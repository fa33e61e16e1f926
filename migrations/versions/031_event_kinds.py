"""The programme of an event, its questions, who may sign up, and how much one institution may take up.

Revision: 031
After: 030

Events from before have no programme, no room and no questions, are open to any firm, and have the limits
that the forms had: 20 desks and as many persons of one institution, and as many meetings as fit. Going
down forgets all of it, and a round of visits becomes a briefing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "031"
down_revision = "030"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
_SETTINGS = (
    ("hall", sa.String(length=120), ""),
    ("directions", sa.Text(), ""),
    ("desks_per_institution", sa.Integer(), "20"),
    ("persons_per_institution", sa.Integer(), "20"),
    ("meetings_per_institution", sa.Integer(), "0"),
    ("least_grade", sa.String(length=10), ""),
    ("counties", JSON, "[]"),
    ("industries", JSON, "[]"),
)
_LIMITS = (
    ("ck_event_desks_of_one", "desks_per_institution BETWEEN 1 AND 20"),
    ("ck_event_persons_of_one", "persons_per_institution BETWEEN 1 AND 20"),
    ("ck_event_meetings_of_one", "meetings_per_institution >= 0"),
)


def upgrade() -> None:
    with op.batch_alter_table("event") as table:
        for name, kind, default in _SETTINGS:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table("event") as table:
        for name, _kind, _default in _SETTINGS:
            table.alter_column(name, server_default=None)
        for name, limit in _LIMITS:
            table.create_check_constraint(op.f(name), limit)
    op.create_table(
        "event_programme_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("speaker", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_programme_line_ends_later")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_event_programme_line_has_a_title")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_programme_line_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_programme_line")),
    )
    op.create_index(op.f("ix_event_programme_line_event_id"), "event_programme_line", ["event_id"])
    _create_questions()


def _create_questions() -> None:
    op.create_table(
        "event_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("asked_of", sa.String(length=40), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_event_question_asks_something")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_question_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_question")),
    )
    op.create_index(op.f("ix_event_question_event_id"), "event_question", ["event_id"])
    op.create_table(
        "registration_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint("answer <> ''", name=op.f("ck_registration_answer_says_something")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_answer_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["event_question.id"],
            name=op.f("fk_registration_answer_question_id_event_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_answer")),
        sa.UniqueConstraint("registration_id", "question_id", name=op.f("uq_registration_answer_once")),
    )
    op.create_index(op.f("ix_registration_answer_question_id"), "registration_answer", ["question_id"])


def downgrade() -> None:
    op.execute("UPDATE event SET kind = 'briefing' WHERE kind = 'visit'")
    op.drop_table("registration_answer")
    op.drop_table("event_question")
    op.drop_index(op.f("ix_event_programme_line_event_id"), table_name="event_programme_line")
    op.drop_table("event_programme_line")
    with op.batch_alter_table("event") as table:
        for name, _limit in _LIMITS:
            table.drop_constraint(op.f(name), type_="check")
        for name, _kind, _default in reversed(_SETTINGS):
            table.drop_column(name)
