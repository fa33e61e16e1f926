"""What an event asks beside its fixed form (补充问题): which questions, and which answers hold. Pure.

Decides the kinds of questions and what an answer to each must be; there is no form to draw. Does not
decide who reads the answers: the office does, and whoever gave them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from ipfin.events.lifecycle import Side
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

MOST_QUESTIONS: Final = 12
MOST_OPTIONS: Final = 20
LONGEST_QUESTION: Final = 200
LONGEST_OPTION: Final = 60
LONGEST_ANSWER: Final = 500
YES, NO = "yes", "no"


class QuestionKind(StrEnum):
    """How a question is answered (题型)."""

    TEXT = "text"  # 文字
    CHOICE = "choice"  # 单选
    YES_NO = "yes_no"  # 是或否


QUESTION_KIND_LABELS: Final[Mapping[QuestionKind, Text]] = {
    QuestionKind.TEXT: _("填写文字"),
    QuestionKind.CHOICE: _("单选"),
    QuestionKind.YES_NO: _("是或否"),
}
YES_NO_LABELS: Final[Mapping[str, Text]] = {YES: _("是"), NO: _("否")}


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as somebody types it; `asked_of` None asks both sides."""

    text: str
    kind: QuestionKind
    is_required: bool = False
    options: tuple[str, ...] = ()
    asked_of: Side | None = None


class Question(Protocol):
    """What a stored question has."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def text(self) -> str:
        """What is asked."""

    @property
    def kind(self) -> QuestionKind:
        """How it is answered."""

    @property
    def is_required(self) -> bool:
        """Whether nobody signs up without an answer."""

    @property
    def options(self) -> Sequence[str]:
        """What a choice offers."""


def checked(draft: Draft) -> Draft:
    """Return a question without margins and doublets; only a choice keeps its options.

    Raises:
        BadInput: it asks nothing, is too long, or offers no choice; with its form field.
    """
    text = draft.text.strip()
    if not text:
        raise BadInput(_("请填写问题。"), field="text")
    if len(text) > LONGEST_QUESTION:
        raise BadInput(_("问题请不超过%(most)d字。", most=LONGEST_QUESTION), field="text")
    if draft.kind is not QuestionKind.CHOICE:
        return Draft(text, draft.kind, draft.is_required, (), draft.asked_of)
    options = tuple(dict.fromkeys(filter(None, (option.strip() for option in draft.options))))
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise BadInput(_("单选题要有2到%(most)d个不同的选项，每行一个。", most=MOST_OPTIONS), field="options")
    if any(len(option) > LONGEST_OPTION for option in options):
        raise BadInput(_("每个选项请不超过%(most)d字。", most=LONGEST_OPTION), field="options")
    return Draft(text, draft.kind, draft.is_required, options, draft.asked_of)


def field_of(question_id: int) -> str:
    """Return the name of the form field of a question."""
    return f"question_{question_id}"


def checked_answers(
    questions: Iterable[Question], said: Mapping[int, str], *, may_lack: bool = False
) -> dict[int, str]:
    """Return the answers to these questions that say something, by the question's id.

    Args:
        may_lack: the office signs somebody up on the phone: what it did not ask may stay open.

    Raises:
        BadInput: an answer is missing, or none that the question takes; with its form field.
    """
    answers: dict[int, str] = {}
    for question in questions:
        answer = said.get(question.id, "").strip()
        if answer:
            _check_answer(question, answer)
            answers[question.id] = answer
        elif question.is_required and not may_lack:
            raise BadInput(_("请回答：%(question)s", question=question.text), field=field_of(question.id))
    return answers


def _check_answer(question: Question, answer: str) -> None:
    if len(answer) > LONGEST_ANSWER:
        raise BadInput(_("回答请不超过%(most)d字。", most=LONGEST_ANSWER), field=field_of(question.id))
    allowed: Sequence[str] | None = None
    if question.kind is QuestionKind.CHOICE:
        allowed = question.options
    elif question.kind is QuestionKind.YES_NO:
        allowed = (YES, NO)
    if allowed is not None and answer not in allowed:
        raise BadInput(
            _("“%(question)s”只能从给出的选项中选择。", question=question.text), field=field_of(question.id)
        )


def answer_words(question: Question, answer: str) -> Text:
    """Return an answer as people read it; what nobody answered is empty."""
    if question.kind is QuestionKind.YES_NO and answer in YES_NO_LABELS:
        return YES_NO_LABELS[answer]
    return Text("%(answer)s", {"answer": answer}) if answer else Text("", {})
