"""What a room of the intake offers: how its list looks, and how it is compared, written and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ipfin.kernel.actor import Actor
from ipfin.kernel.text import Text
from ipfin.lists.columns import Columns
from ipfin.lists.plan import ListPlan
from ipfin.lists.shape import Shape
from ipfin.registry.intake import Progress
from ipfin.registry.models import ImportBatch
from ipfin.registry.reading import RawTable
from ipfin.registry.service.holders import Dependents

MakePlan = Callable[[Session, RawTable, Columns, date], ListPlan]
Write = Callable[[Session, Actor, ImportBatch, ListPlan, Progress], None]
BuiltOn = Callable[[Session, ImportBatch], list[Text]]
Undo = Callable[[Session, Actor, ImportBatch, Sequence[Dependents]], None]


@dataclass(frozen=True, slots=True)
class Room:
    """One kind of list. `plan` reads only; `write` and `undo` work in the caller's transaction.

    `built_on` says, a sentence each, what was recorded on top of a batch; while there is any, nobody calls
    `undo`.
    A room that `brings_names` has new firms, or new names of known ones, compared with all others after
    it was written (the queue of 企业归并).
    """

    shape: Shape
    plan: MakePlan
    write: Write
    built_on: BuiltOn
    undo: Undo
    brings_names: bool = False
