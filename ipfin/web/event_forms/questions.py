"""The form of a question of an event, and the fields by which its questions stand in other forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from ipfin.events.lifecycle import SIDE_LABELS, Side
from ipfin.events.models import EventQuestion
from ipfin.events.questions import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    QUESTION_KIND_LABELS,
    YES_NO_LABELS,
    Draft,
    QuestionKind,
    field_of,
)
from ipfin.web.forms import BaseForm, choices_of, choices_of_labels
from ipfin.web.i18n import in_reader_language
from ipfin.web.versioned import VersionedForm

F = TypeVar("F", bound=BaseForm)
_ASKED = "question_"


class QuestionForm(VersionedForm):
    """One question of an event."""

    text = StringField(_("问题"), [InputRequired(_("请填写问题。")), Length(max=LONGEST_QUESTION)])
    kind = SelectField(_("怎么回答"))
    options = TextAreaField(_("选项（单选题，每行一个）"), [Length(max=1300)])
    asked_of = SelectField(_("问谁"), default="")
    is_required = BooleanField(_("必答"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of_labels(QUESTION_KIND_LABELS)
        self.asked_of.choices = choices_of_labels(SIDE_LABELS, nothing=gettext("双方"))

    @classmethod
    def of(cls, question: EventQuestion, **sent: Any) -> QuestionForm:
        """Return the form filled with a question that is there; `formdata=None` leaves out what was sent."""
        return cls(
            data={
                "text": question.text,
                "kind": question.kind.value,
                "options": "\n".join(question.options),
                "asked_of": question.asked_of.value if question.asked_of else "",
                "is_required": question.is_required,
                "version": question.lock_version,
            },
            **sent,
        )

    def draft(self) -> Draft:
        """Return what was typed in a valid form."""
        asked_of = self.asked_of.data or ""
        return Draft(
            self.text.data or "",
            QuestionKind(self.kind.data),
            bool(self.is_required.data),
            tuple((self.options.data or "").splitlines()),
            Side(asked_of) if asked_of else None,
        )


def asking(form: type[F], questions: Iterable[EventQuestion]) -> type[F]:
    """Return the form with a field for each question, in their order."""
    fields = {field_of(question.id): _field(question) for question in questions}
    made: type[F] = type(form.__name__, (form,), fields)
    return made


def _field(question: EventQuestion) -> Any:
    label = question.text if question.is_required else gettext("%(question)s（选填）", question=question.text)
    if question.kind is QuestionKind.TEXT:
        return StringField(label, [Length(max=LONGEST_ANSWER)])
    offered: Sequence[tuple[str, str]] = [(option, option) for option in question.options]
    if question.kind is QuestionKind.YES_NO:
        offered = [(word, in_reader_language(label)) for word, label in YES_NO_LABELS.items()]
    return SelectField(label, choices=choices_of(offered, nothing=gettext("请选择")))


def question_fields(form: BaseForm) -> Iterator[Field]:
    """Yield the fields of a form that ask an event's questions."""
    return (field for field in form if field.name.startswith(_ASKED))


def answers_in(form: BaseForm) -> dict[int, str]:
    """Return what was answered in a form, by the question's id."""
    return {int(field.name.removeprefix(_ASKED)): str(field.data or "") for field in question_fields(form)}


def answered(answers: Mapping[int, str]) -> dict[str, str]:
    """Return answers as the values of the fields that ask for them."""
    return {field_of(question_id): answer for question_id, answer in answers.items()}
