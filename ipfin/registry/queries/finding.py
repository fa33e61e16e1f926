"""Finding firms by what somebody typed: any part of a name, a credit code, initials, a patent's number.

Decides which rows match and by which of two plans they are sought. A word that few firms have is looked
up in the index and its matches are sorted. A word that many have would bring most of the table to be
sorted for one page; so when only the first few rows of an order are wanted, that order is walked instead
and each row is asked whether it holds the word (performance.md §3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, text
from sqlalchemy.orm import Session

from ipfin.db import is_sqlite
from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import parse_application_number, parse_publication_number
from ipfin.registry.models import Applicant, Enterprise, Patent, PatentApplicant
from ipfin.registry.search import phrases

_COMMON: Final = 50  # a word is common when more than one firm in so many has it


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search came to.

    `is_few` tells that the index of words gives so few rows that sorting them costs less than walking
    along an order.
    """

    condition: ColumnElement[bool] | None
    is_few: bool = False


def firms_found(session: Session, query: str, *, in_order: bool = False) -> ColumnElement[bool] | None:
    """Return the condition that a firm is what `query` asks for; None when nothing was searched for.

    Args:
        query: parts of names, credit code or pinyin initials, all of which a firm must have; or the
            number of a patent, which finds its holders. A part is found wherever it stands, from one
            character on.
        in_order: only the first rows of an ordered list are read.
    """
    return seek(session, query, in_order=in_order).condition


def seek(session: Session, query: str, *, in_order: bool = False) -> Sought:
    """Return the condition of `firms_found` and whether few rows meet it."""
    parts = phrases(query)
    if not parts:
        return Sought(None)
    walked = in_order and _is_common(session, parts)
    names = and_(*map(_holds, parts)) if walked else _indexed(session, parts)
    numbers = _patent_numbered(query)
    return Sought(names if numbers is None else or_(names, numbers), is_few=not walked)


def _indexed(session: Session, parts: list[str]) -> ColumnElement[bool]:
    if is_sqlite(session):
        found = text("SELECT rowid FROM enterprise_fts WHERE enterprise_fts MATCH :wanted").bindparams(
            wanted=_fts(parts)
        )
        return Enterprise.id.in_(found.columns(Enterprise.id))
    vector = func.to_tsvector(text("'simple'"), Enterprise.search_text)
    return and_(*(vector.op("@@")(func.phraseto_tsquery(text("'simple'"), part)) for part in parts))


def _fts(parts: list[str]) -> str:
    return " AND ".join(f'"{part}"' for part in parts)


def _holds(part: str) -> ColumnElement[bool]:
    """Return the condition that the words of `part` stand in a row, one after the other, each whole."""
    padded: ColumnElement[Any] = literal(" ") + Enterprise.search_text + literal(" ")
    return padded.contains(f" {part} ", autoescape=True)


def _is_common(session: Session, parts: list[str]) -> bool:
    """Whether more than one firm in `_COMMON` has every part; counts no further than that."""
    firms = session.scalar(select(func.max(Enterprise.id))) or 0
    most = firms // _COMMON
    if is_sqlite(session):
        counted = text(
            "SELECT count(*) FROM"
            " (SELECT 1 FROM enterprise_fts WHERE enterprise_fts MATCH :wanted LIMIT :most)"
        ).bindparams(wanted=_fts(parts), most=most + 1)
        return int(session.execute(counted).scalar_one()) > most
    few = select(Enterprise.id).where(_indexed(session, parts)).limit(most + 1).subquery()
    return int(session.scalar(select(func.count()).select_from(few)) or 0) > most


def _patent_numbered(query: str) -> ColumnElement[bool] | None:
    """Return the condition that a firm holds the patent of this number; None when it is no such number."""
    number = _patent_of(query)
    if number is None:
        return None
    holders = (
        select(Applicant.enterprise_id)
        .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
        .join(Patent, Patent.id == PatentApplicant.patent_id)
        .where(number, Applicant.enterprise_id.is_not(None))
    )
    return Enterprise.id.in_(holders)


def _patent_of(query: str) -> ColumnElement[bool] | None:
    try:
        return Patent.application_number == parse_application_number(query).canonical
    except BadInput:
        pass
    try:
        return Patent.publication_root == parse_publication_number(query).root
    except BadInput:
        return None
