"""Reading the firms that a list speaks of, and what stands of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.lists.facts import Told
from ipfin.lists.identity import KnownFirm, KnownFirms, key_of
from ipfin.lists.register.settled import Settled
from ipfin.registry.models import (
    BETWEEN_NAMES,
    Applicant,
    Enterprise,
    EnterpriseFact,
    FactKind,
    FactSource,
    Region,
)
from ipfin.registry.queries import facts_of
from ipfin.registry.queries.matching import merged_ids
from ipfin.registry.queries.ownership import settled_of_firms, turned_down_of_firms
from ipfin.registry.values import clean_text, shown


def known_firms(session: Session, codes: Collection[str], keys: Collection[str]) -> KnownFirms:
    """Return the enterprises that have one of these credit codes or names."""
    gone = merged_ids(session)
    rows: dict[int, Enterprise] = {}
    for column, values in ((Enterprise.credit_code, codes), (Enterprise.name_key, keys)):
        for chunk in in_chunks(sorted(filter(None, values))):
            rows.update({row.id: row for row in session.scalars(select(Enterprise).where(column.in_(chunk)))})
    for chunk in in_chunks({gone[place] for place in rows if place in gone} - rows.keys()):
        rows.update(
            {row.id: row for row in session.scalars(select(Enterprise).where(Enterprise.id.in_(chunk)))}
        )
    ends = {place: gone.get(place, place) for place in rows}
    names = _names(session, set(ends.values()))
    for place, row in rows.items():
        names[ends[place]].add(row.name_key)
    firms = {place: _known(rows[place], names[place]) for place in set(ends.values())}
    by_code = {row.credit_code: firms[ends[place]] for place, row in rows.items() if row.credit_code}
    return KnownFirms(by_code, {row.name_key: firms[ends[place]] for place, row in rows.items()})


def firm_said(session: Session, visible: ColumnElement[bool], said: str) -> Enterprise:
    """Return the firm of the reader's reach that a person names by credit code or exact name.

    Raises:
        BadInput: there is none; a name that is only like it is none either.
    """
    tidy = clean_text(said)
    known = known_firms(session, {tidy.upper()}, {key_of(tidy)})
    found = known.by_code.get(tidy.upper()) or known.by_name.get(key_of(tidy))
    firm = None
    if found is not None:
        firm = session.scalar(select(Enterprise).where(Enterprise.id == found.id, visible))
    if firm is None:
        raise BadInput(
            _("库中没有“%(name)s”，请填写企业全称或统一社会信用代码。", name=shown(tidy)), field="firm"
        )
    return firm


def _names(session: Session, ids: Collection[int]) -> defaultdict[int, set[str]]:
    """Return the keys of the names on patents and of the former names of these enterprises."""
    names: defaultdict[int, set[str]] = defaultdict(set)
    for chunk in in_chunks(sorted(ids)):
        written = select(Applicant.enterprise_id, Applicant.name_key).where(
            Applicant.enterprise_id.in_(chunk)
        )
        for firm_id, key in session.execute(written):
            names[firm_id or 0].add(key)
        told = select(EnterpriseFact.enterprise_id, EnterpriseFact.word).where(
            EnterpriseFact.enterprise_id.in_(chunk), EnterpriseFact.kind == FactKind.FORMER_NAMES
        )
        for firm_id, former in session.execute(told):
            names[firm_id].update(map(key_of, former.split(BETWEEN_NAMES)))
    return names


def _known(row: Enterprise, names: set[str]) -> KnownFirm:
    return KnownFirm(
        row.id,
        row.name,
        row.credit_code or "",
        frozenset(names),
        row.region_code or "",
        row.locality,
        row.address,
        row.industry_code,
        row.established_on,
        row.as_of,
    )


def listed_facts(
    session: Session, ids: Collection[int], kinds: Sequence[FactKind]
) -> Mapping[int, Mapping[FactKind, Sequence[EnterpriseFact]]]:
    """Return the facts of these kinds that lists told of these enterprises, the latest first."""
    found: defaultdict[int, defaultdict[FactKind, list[EnterpriseFact]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for chunk in in_chunks(sorted(ids)):
        rows = session.scalars(
            select(EnterpriseFact)
            .where(
                EnterpriseFact.enterprise_id.in_(chunk),
                EnterpriseFact.kind.in_(kinds),
                EnterpriseFact.source == FactSource.LIST,
            )
            .order_by(EnterpriseFact.as_of.desc(), EnterpriseFact.id.desc())
        )
        for row in rows:
            found[row.enterprise_id][row.kind].append(row)
    return found


def settled_values(session: Session, ids: Collection[int]) -> dict[int, dict[str, Settled]]:
    """Return the values of these enterprises that a person settled, by enterprise and field."""
    found: dict[int, dict[str, Settled]] = {}
    turned_down = turned_down_of_firms(session, ids)
    for firm_id, fields in settled_of_firms(session, ids).items():
        facts = {fact.kind.value: fact for fact in reversed(facts_of(session, firm_id))}
        firm = session.get_one(Enterprise, firm_id)
        for name, settled in fields.items():
            if name in facts:
                value = Told(facts[name].word, facts[name].number).shown()
            else:
                value = str(getattr(firm, name, None) or "")
            found.setdefault(firm_id, {})[name] = Settled(
                value=value,
                as_of=settled.as_of,
                evidence=settled.evidence,
                turned_down=frozenset(
                    said for of, field, said in turned_down if (of, field) == (firm_id, name)
                ),
            )
    return found


def region_codes(session: Session) -> Mapping[str, str]:
    """Return the code of every division by its name, and by its code."""
    regions = list(session.execute(select(Region.code, Region.name)))
    return {name: code for code, name in regions} | {code: code for code, _name in regions}
