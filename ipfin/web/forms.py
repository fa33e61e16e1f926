"""The base of every form: global token, refusals shown at their field, an error summary on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectChoice, SelectMultipleField
from wtforms.validators import StopValidation, ValidationError

from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import Text
from ipfin.web.i18n import in_reader_language

E = TypeVar("E", bound=StrEnum)


class BaseForm(FlaskForm):
    """A form that can show what a service refused."""

    class Meta(FlaskForm.Meta):
        """How what was sent becomes the form's values."""

        def wrap_formdata(self, form: FlaskForm, formdata: MultiDict[str, Any] | None) -> Any:
            """Return what was sent without characters that no database and no page can hold."""
            sent = super().wrap_formdata(form, formdata)
            if sent is None:
                return None
            pairs = ((name, value) for name, values in sent.lists() for value in values)
            return MultiDict((name, tidied(v) if isinstance(v, str) else v) for name, v in pairs)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.refusals: list[str] = []  # refusals that belong to no field
        self.is_stale = False  # see `versioned`

    def refuse(self, error: DomainError) -> None:
        """Show `error` at its field, or above the form when it names none."""
        sentence = in_reader_language(error.message)
        if error.field and error.field in self._fields:
            field = self._fields[error.field]
            field.errors = [*field.errors, sentence]
        else:
            self.refusals.append(sentence)

    @property
    def has_refusals(self) -> bool:
        """Whether anything stands against the form (answer 422)."""
        return bool(self.refusals or self.errors)

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield (field id, sentence) for the error summary; the id is empty for the whole form."""
        for sentence in self.refusals:
            yield "", sentence
        for field in self:
            for sentence in _sentences(field):
                yield field.id, sentence

    @property
    def status(self) -> int:
        """The answer's status: 422 when something was refused, else 200."""
        return 422 if self.has_refusals else 200


class SeveralField(SelectMultipleField):
    """Several of what is offered; what is not, is refused in the reader's language: the library has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invalid_value_message = lazy_gettext("所选内容不在可选范围内，请重新选择。")
        self.invalid_choice_message = lambda _number: _("所选内容不在可选范围内，请重新选择。")


FIRST_YEAR, LAST_YEAR = 2000, 2100


def within_reach(_form: object, field: Field) -> None:
    """Refuse a day or moment at the ends of the calendar, where every sum overflows."""
    if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(_("年份须在%(first)s至%(last)s之间。", first=FIRST_YEAR, last=LAST_YEAR))


def finite(_form: object, field: Field) -> None:
    """Refuse what reads as a number and is none ("sNaN"): to compare it would fail."""
    if field.data is not None and not field.data.is_finite():
        field.errors = []
        raise StopValidation(_("请填写数字。"))


_UNWANTED = {
    **dict.fromkeys(number for number in range(32) if chr(number) not in "\t\n\r"),
    **dict.fromkeys(range(0x7F, 0xA0)),
    **dict.fromkeys(range(0xD800, 0xE000)),
    0xFFFE: None,
    0xFFFF: None,
}


def tidied(text: str) -> str:
    """Return `text` without control characters and halves of characters; tabs and line breaks stay."""
    return text.translate(_UNWANTED)


def choices_of(pairs: Iterable[tuple[str, str]], *, nothing: str | None = None) -> list[SelectChoice]:
    """Return what a SelectField offers; `nothing` is the label of an empty first choice."""
    first = [] if nothing is None else [SelectChoice("", nothing)]
    return [*first, *(SelectChoice(value, label) for value, label in pairs)]


def choices_of_labels(labels: Mapping[E, Text], *, nothing: str | None = None) -> list[SelectChoice]:
    """Return the members of an enum, each by its label in the reader's language."""
    pairs = ((member.value, in_reader_language(label)) for member, label in labels.items())
    return choices_of(pairs, nothing=nothing)


def _sentences(field: Field) -> list[str]:
    found: list[str] = []
    for error in field.errors:
        found.extend([str(item) for item in error] if isinstance(error, list | tuple) else [str(error)])
    return found
