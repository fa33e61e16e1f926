"""What a kind of list looks like: its columns, which of them it needs, what is asked of the whole list.

Decides the form of a description only; each room fills one in. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ipfin.kernel.text import Text
from ipfin.registry.list_kinds import ListKind

_NOTHING = Text("", {})


@dataclass(frozen=True, slots=True)
class Field:
    """One column that a list may have."""

    value: str  # the word under which mappings, reports and rows name it
    label: Text
    names: str = ""  # headers that mean it, parted by |, the preferred ones first
    explained: Text = _NOTHING  # one line for whoever fills in the office's template
    example: str = ""
    fits: Callable[[str], bool] | None = None  # whether a value can be one of this column
    guessed_from: float = 2.0  # share of fitting values from which content alone is enough; above 1 never
    is_kept: bool = True  # False: recognised, so that nobody has to map it, and never stored
    tells: bool = False  # hardly any other kind of list has it
    choices: tuple[str, ...] = ()  # words that the office's template offers; others are read, too


class Answer(StrEnum):
    """How a question about the whole list is answered."""

    CHOICE = "choice"  # 选择
    DAY = "day"  # 日期
    WORDS = "words"  # 文字


@dataclass(frozen=True, slots=True)
class Question:
    """A fact of the whole list that its columns may leave open; asked when no column tells it."""

    value: str
    label: Text
    answer: Answer
    told_by: str = ""  # the field whose column makes the question needless
    choices: Mapping[str, Text] = field(default_factory=dict)
    guess: Callable[[str], str] = lambda _title: ""  # from the names of file and sheet
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of list. Of every group in `needs` at least one column must be there."""

    kind: ListKind
    fields: tuple[Field, ...]
    needs: tuple[tuple[str, ...], ...]
    asks: tuple[Question, ...] = ()
    hints: tuple[str, ...] = ()  # words in the name of a file or sheet that speak for this kind

    def field(self, value: str) -> Field:
        """Return the field of this word."""
        return next(field for field in self.fields if field.value == value)

    @property
    def labels(self) -> dict[str, Text]:
        """What each field is called."""
        return {field.value: field.label for field in self.fields}

    @property
    def dropped(self) -> frozenset[str]:
        """Fields that are recognised and never stored."""
        return frozenset(field.value for field in self.fields if not field.is_kept)
