"""The base of every form: global token, refusals shown at their field, an error summary on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from flask_wtf import FlaskForm
from wtforms import Field, SelectChoice

from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import Text
from ipfin.web.i18n import in_reader_language

E = TypeVar("E", bound=StrEnum)


class BaseForm(FlaskForm):
    """A form that can show what a service refused."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.refusals: list[str] = []  # refusals that belong to no field

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
