"""What an event asks beside its fixed form, and what was answered, as rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base, words
from ipfin.events.lifecycle import Side
from ipfin.events.questions import QuestionKind


class EventQuestion(Base):
    """One question of an event's registration (补充问题); asked in the order of the ids."""

    __tablename__ = "event_question"
    __table_args__ = (CheckConstraint("text <> ''", name="asks_something"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    text: Mapped[str] = mapped_column(String(200))
    kind: Mapped[QuestionKind] = mapped_column(words(QuestionKind))
    is_required: Mapped[bool] = mapped_column(default=False)
    options: Mapped[list[Any]] = mapped_column(default=list)  # of a choice
    asked_of: Mapped[Side | None] = mapped_column(words(Side))  # None: of both sides
    lock_version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": lock_version}


class RegistrationAnswer(Base):
    """What one registration answered to one question; who did not answer has no row."""

    __tablename__ = "registration_answer"
    __table_args__ = (
        UniqueConstraint("registration_id", "question_id", name="uq_registration_answer_once"),
        CheckConstraint("answer <> ''", name="says_something"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("event_question.id"), index=True)
    answer: Mapped[str] = mapped_column(String(500))
