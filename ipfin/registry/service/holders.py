"""Names on patents become applicants, firms among them become enterprises.

Resolution here is by exact identity only: a credit code that the list gives for a sole owner, or the
same normalised full name. Everything softer waits for a person (algorithms.md §2).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from ipfin.bulk import among, in_chunks, insert_columns, insert_rows, take_ids
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.identifiers import parse_credit_code
from ipfin.kernel.public_id import new_public_ids
from ipfin.kernel.text import Text, _
from ipfin.registry.applicants import Applicant as Name
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.intake import Plan, Step
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.listed import ListedPatents
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseMerge,
    ImportBatch,
    MatchCandidate,
    MatchKey,
    PastHolding,
    PatentApplicant,
    Region,
)
from ipfin.registry.portfolio_counts import COUNTED, NOTHING, totals
from ipfin.registry.queries import stands_for_itself
from ipfin.registry.queries.matching import merged_ids
from ipfin.registry.search import pinyin_key, search_text
from ipfin.registry.service import holdings


class _Seat(NamedTuple):
    """A place where an owner is named, with what it tells of the owner's code and seat."""

    owners: tuple[Name, ...] = ()
    credit_code: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    address: str = ""


# Says what above the registry depends on enterprises that an undo would delete.
Dependents = Callable[[Session, Collection[int]], Sequence[Text]]


def link(session: Session, batch: ImportBatch, plan: Plan, new_ids: Sequence[int]) -> set[int]:
    """Give each written patent its holders; return the enterprises whose portfolios have to be counted.

    Those that the list brings are written with the counts of its new patents, so they are not among them.

    Args:
        new_ids: the ids of the patents that are new, in the order of the plan.
    """
    patents = plan.reading.patents
    changed = {p: step for p, step in plan.differing.items() if step.outcome is RowOutcome.CHANGED}
    if not plan.new and not changed:
        return set()
    owners = [patents.owners[place] for place in plan.new]
    told = plan.facts.at(plan.new)

    def counts(firms: Mapping[str, int]) -> Mapping[int, tuple[int, ...]]:
        of_group = {
            group: {firms[owner.key] for owner in named if owner.key in firms}
            for group, named in patents.owner_groups.items()
        }
        return totals(told, map(id, owners), of_group, on=today_in_china())

    found = _applicants(session, batch, _mentions(patents, [*plan.new, *changed]), counts)
    ids, as_of, batch_id = found.ids, batch.as_of, batch.id
    of_group = {group: _ids_in_order(named, ids) for group, named in patents.owner_groups.items()}
    held = list(map(of_group.__getitem__, map(id, owners)))
    seats = [len(holders) for holders in held]
    columns: Sequence[Sequence[Any]] = (
        [patent_id for patent_id, count in zip(new_ids, seats, strict=True) for _seat in range(count)],
        [applicant_id for holders in held for applicant_id in holders],
        [position for count in seats for position in range(count)],
        [as_of] * sum(seats),
        [batch_id] * sum(seats),
    )
    insert_columns(session, PatentApplicant, dict(zip(holdings.COLUMNS, columns, strict=True)))
    exchanged = {step.patent_id or 0: step for step in changed.values() if "holders" in step.changes}
    known = found.known | _exchange(session, exchanged, ids, as_of, batch_id)
    return _enterprises_of(session, known) | found.firms


def _exchange(
    session: Session, changed: Mapping[int, Step], ids: Mapping[str, int], as_of: date, batch_id: int
) -> set[int]:
    """Give patents that stand their new holders; return the applicants among them that no row names.

    Args:
        ids: the applicants that the list names, by key.
    """
    known = holdings.begin_changes(session, changed)
    others = {key for step in changed.values() for key in step.changes["holders"]} - set(ids)
    told_before = _known(session, Applicant.name_key, Applicant.id, others)
    all_ids = {**ids, **told_before}
    holdings.exchange(
        session,
        known,
        {
            patent_id: [all_ids[key] for key in step.changes["holders"] if key in all_ids]
            for patent_id, step in changed.items()
        },
        days={patent_id: step.changes.get("holders_as_of") or as_of for patent_id, step in changed.items()},
        told_on={patent_id: step.before.get("holders_as_of") for patent_id, step in changed.items()},
        batch_id=batch_id,
    )
    return set(told_before.values())


def _ids_in_order(owners: Sequence[Name], ids: Mapping[str, int]) -> list[int]:
    keys = dict.fromkeys(owner.key for owner in owners)
    return [ids[key] for key in keys if key in ids]


def replace(session: Session, patent_id: int, keys: Sequence[str], batch: ImportBatch) -> set[int]:
    """Give a patent back the holders with these applicant keys, whose time `batch` had ended.

    Return the enterprises among them.
    """
    found = session.execute(select(Applicant.name_key, Applicant.id).where(Applicant.name_key.in_(keys)))
    ids = dict(found.all())
    holdings.give_back(session, patent_id, [ids[key] for key in keys if key in ids], batch_id=batch.id)
    return _enterprises_of(session, ids.values())


def drop_orphans(session: Session, batch: ImportBatch, dependents: Sequence[Dependents]) -> None:
    """Delete the enterprises and applicants that only this batch knew.

    One that was merged away stays, for the undo of its merge.

    Raises:
        Conflict: a merge, or something above the registry, depends on one of the enterprises.
    """
    held = select(PatentApplicant.applicant_id).union(select(PastHolding.applicant_id)).scalar_subquery()
    orphans = list(
        session.scalars(
            select(Enterprise.id).where(
                Enterprise.first_batch_id == batch.id,
                stands_for_itself(),
                ~Enterprise.id.in_(
                    select(Applicant.enterprise_id).where(
                        Applicant.id.in_(held), Applicant.enterprise_id.is_not(None)
                    )
                ),
            )
        )
    )
    reasons = [reason for ask in dependents for reason in ask(session, orphans)] if orphans else []
    if reasons:
        raise Conflict(reasons[0])
    merged = merges_into(session, orphans)
    if merged:
        raise Conflict(merged[0])
    for chunk in in_chunks(orphans):
        _forget_pairs(session, chunk)
        session.execute(
            update(Applicant).where(Applicant.enterprise_id.in_(chunk)).values(enterprise_id=None)
        )
        session.execute(delete(Enterprise).where(Enterprise.id.in_(chunk)))
    session.execute(delete(Applicant).where(~Applicant.id.in_(held), Applicant.enterprise_id.is_(None)))


def merges_into(session: Session, enterprise_ids: Collection[int]) -> list[Text]:
    """Return a sentence for the first merge that leads to one of these enterprises, none for none."""
    for chunk in in_chunks(enterprise_ids):
        merge = session.scalar(
            select(EnterpriseMerge)
            .where(EnterpriseMerge.into_id.in_(chunk), EnterpriseMerge.undone_at.is_(None))
            .limit(1)
        )
        if merge is not None:
            return [
                _(
                    "%(name)s已并入%(into)s，请先撤销这次归并。",
                    name=merge.merged.name,
                    into=merge.survivor.name,
                )
            ]
    return []


def _forget_pairs(session: Session, ids: Collection[int]) -> None:
    """Drop what was found and decided about enterprises that go; the audit log keeps who decided what."""
    pairs = or_(MatchCandidate.first_id.in_(ids), MatchCandidate.second_id.in_(ids))
    candidates = select(MatchCandidate.id).where(pairs)
    session.execute(delete(EnterpriseMerge).where(EnterpriseMerge.candidate_id.in_(candidates)))
    session.execute(delete(MatchCandidate).where(pairs))
    session.execute(delete(MatchKey).where(MatchKey.enterprise_id.in_(ids)))


class _Mention(NamedTuple):
    """A name on the patents of a list, and the place that tells its seat."""

    owner: Name
    seat: _Seat


_SEAT_COLUMNS: Final = ("credit_code", "province", "city", "county", "address")


def _mentions(patents: ListedPatents, places: Sequence[int]) -> dict[str, _Mention]:
    """Return each owner of the patents at `places` by key, as last spelled, with a seat.

    That is the first one, if possible of a patent held alone: only that tells whose place it is.
    """
    groups = patents.owner_groups
    named = [id(patents.owners[place]) for place in places]
    spelled = {
        owner.key: owner for group in reversed(dict.fromkeys(reversed(named))) for owner in groups[group]
    }
    first = dict.fromkeys(named, 0) | dict(zip(reversed(named), reversed(places), strict=True))
    columns = [patents.column(name) for name in _SEAT_COLUMNS]
    mentions: dict[str, _Mention] = {}
    for group, place in first.items():
        owners = groups[group]
        seat = _Seat(owners, *(column[place] for column in columns))
        for owner in owners:
            known = mentions.get(owner.key)
            if known is None or (len(owners) == 1 and len(known.seat.owners) > 1):
                mentions[owner.key] = _Mention(spelled[owner.key], seat)
    return mentions


class _Found(NamedTuple):
    """The applicants of a list, and what of them was there before it."""

    ids: dict[str, int]  # of all, by key
    known: set[int]  # those that were there
    firms: set[int]  # enterprises that were there and now go by one more name


Counts = Callable[[Mapping[str, int]], Mapping[int, tuple[int, ...]]]
"""Returns the counts of new enterprises, which it is given by the keys of their names."""


def _uncounted(_firms: Mapping[str, int]) -> Mapping[int, tuple[int, ...]]:
    return {}


def _applicants(
    session: Session, batch: ImportBatch, mentions: Mapping[str, _Mention], counts: Counts = _uncounted
) -> _Found:
    known = _known(session, Applicant.name_key, Applicant.id, mentions)
    was_known = set(known.values())
    fresh = [mention for key, mention in mentions.items() if key not in known]
    companies = [mention for mention in fresh if mention.owner.kind is ApplicantKind.COMPANY]
    firms, there = _enterprise_ids(session, batch, companies, counts)
    ids = take_ids(session, Applicant, len(fresh))
    owners = [mention.owner for mention in fresh]
    insert_rows(
        session,
        Applicant,
        ("id", "name", "name_key", "kind", "enterprise_id"),
        ((i, o.name[:300], o.key[:300], o.kind, firms.get(o.key)) for i, o in zip(ids, owners, strict=True)),
    )
    known.update({owner.key: applicant_id for owner, applicant_id in zip(owners, ids, strict=True)})
    return _Found(known, was_known, there)


def named(session: Session, batch: ImportBatch, owners: Sequence[Name]) -> dict[str, int]:
    """Return the applicants of these names by key, made with their firms where nobody knew them."""
    return _applicants(session, batch, {owner.key: _Mention(owner, _Seat()) for owner in owners}).ids


def _enterprise_ids(
    session: Session, batch: ImportBatch, firms: Sequence[_Mention], counts: Counts
) -> tuple[dict[str, int], set[int]]:
    """Return the enterprise of each firm's name, there or new, and those that were there."""
    gone = merged_ids(session)
    found = _known(session, Enterprise.name_key, Enterprise.id, [firm.owner.key for firm in firms])
    found = {key: gone.get(enterprise_id, enterprise_id) for key, enterprise_id in found.items()}
    unknown = [(firm, _own_code(firm.seat)) for firm in firms if firm.owner.key not in found]
    codes = [code for _firm, code in unknown if code]
    by_code = _known(session, Enterprise.credit_code, Enterprise.id, codes)
    fresh: list[tuple[_Mention, str]] = []
    for firm, code in unknown:
        if code and code in by_code:
            found[firm.owner.key] = gone.get(by_code[code], by_code[code])
            continue
        fresh.append((firm, code))
        if code:
            by_code[code] = -len(fresh)  # a second name of the same code in this list: place in `fresh`
    there = {number for number in found.values() if number > 0}
    ids = take_ids(session, Enterprise, len(fresh))
    found = {key: value if value > 0 else ids[-value - 1] for key, value in found.items()}
    found.update({firm.owner.key: number for number, (firm, _code) in zip(ids, fresh, strict=True)})
    counted = counts({key: number for key, number in found.items() if number not in there})
    rows = _new_enterprises(batch, fresh, _regions(session))
    insert_rows(
        session,
        Enterprise,
        ("id", *_NEW_ENTERPRISE, *COUNTED),
        ((number, *row, *counted.get(number, NOTHING)) for number, row in zip(ids, rows, strict=True)),
    )
    return found, there


def _known(
    session: Session,
    column: InstrumentedAttribute[Any],
    id_column: InstrumentedAttribute[int],
    values: Collection[str],
) -> dict[str, int]:
    """Return value -> id for the values of `column` that are there."""
    if not values:
        return {}
    rows = session.execute(select(column, id_column).where(among(session, column, values)))
    return dict(rows.all())


def _own_code(mention: _Seat) -> str:
    """Return the credit code that a list gives for a sole owner; with several nobody can tell whose it is."""
    return mention.credit_code if len(mention.owners) == 1 else ""


_NEW_ENTERPRISE = (
    "public_id",
    "name",
    "name_key",
    "credit_code",
    "credit_code_checks",
    "region_code",
    "locality",
    "address",
    "search_text",
    "pinyin_key",
    "as_of",
    "first_batch_id",
    "created_at",
    "is_synthetic",
    "industry_code",
)


def _new_enterprises(
    batch: ImportBatch, fresh: Iterable[tuple[_Mention, str]], regions: dict[str, str]
) -> Iterator[tuple[Any, ...]]:
    """Yield the values of new enterprises in the order of `_NEW_ENTERPRISE`."""
    now, fresh = now_utc(), list(fresh)
    for public_id, (firm, code) in zip(new_public_ids(len(fresh)), fresh, strict=True):
        mention = firm.seat
        is_alone = len(mention.owners) == 1
        # A list gives one place for a patent; with several owners nobody can tell whose it is.
        place = [mention.province, mention.city, mention.county] if is_alone else []
        name = firm.owner.name[:200]
        yield (
            public_id,
            name,
            firm.owner.key[:200],
            code or None,
            parse_credit_code(code).check_is_right if code else None,
            _region_of(place, regions),
            " ".join(dict.fromkeys(part for part in place if part))[:120],
            mention.address[:300] if is_alone else "",
            search_text(name, code or None),
            pinyin_key(name),
            batch.as_of,
            batch.id,
            now,
            False,
            "",
        )


def _regions(session: Session) -> dict[str, str]:
    return {name: code for code, name in session.execute(select(Region.code, Region.name))}


def _region_of(place: Sequence[str], regions: dict[str, str]) -> str | None:
    """Return the code of the smallest place that the region tree knows by this very name."""
    for name in reversed([part for part in place if part]):
        if name in regions:
            return regions[name]
    return None


def _enterprises_of(session: Session, applicant_ids: Collection[int]) -> set[int]:
    rows = session.scalars(
        select(Applicant.enterprise_id).where(
            among(session, Applicant.id, applicant_ids), Applicant.enterprise_id.is_not(None)
        )
    )
    return {value for value in rows if value is not None}
