"""Finding pairs of enterprises that may be one. Nothing is merged here, not even an identity.

Pairs come from shared keys (`resolution.blocking`), so the work grows with the blocks and never with all
pairs. What a person decided stays decided: a pair that is found again is only refreshed while it is open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, groupby

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import in_chunks, insert_rows
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import _
from ipfin.registry.intake import Progress
from ipfin.registry.lifecycle import MatchState
from ipfin.registry.models import Enterprise, ImportRow, MatchCandidate, MatchKey
from ipfin.registry.queries import stands_for_itself
from ipfin.registry.queries.matching import known_divisions, merged_ids, records, together
from ipfin.registry.resolution.assessment import Assessment, Outcome, assess
from ipfin.registry.resolution.blocking import CERTAIN, MOST_CERTAIN, MOST_SHARED, block_keys
from ipfin.registry.resolution.divisions import Divisions
from ipfin.registry.resolution.weights import Weights, default_weights

PAIRS_AT_A_TIME = 400
IDENTITIES_FIRST = 1_000_000  # more than any sum of bits, in hundredths

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for pairs did. `crowded` keys are shared by so many firms that they say nothing."""

    firms: int
    compared: int
    found: int
    refreshed: int
    crowded: int


def _silent(_done: int, _total: int, _message: object) -> None:
    """Report progress to nobody."""


def find_candidates(
    session: Session,
    actor: Actor,
    *,
    batch_id: int | None = None,
    weights: Weights | None = None,
    report: Progress = _silent,
) -> Search:
    """Compare enterprises that share a key and keep the pairs that a person should look at.

    Args:
        batch_id: compare only the enterprises that this batch brought or told news of, with all others.
    """
    weights, divisions = weights or default_weights(), known_divisions(session)
    own = select(Enterprise.id).where(stands_for_itself())
    if batch_id is not None:
        told = select(ImportRow.enterprise_id).where(
            ImportRow.batch_id == batch_id, ImportRow.enterprise_id.is_not(None)
        )
        own = own.where(or_(Enterprise.first_batch_id == batch_id, Enterprise.id.in_(told)))
    ids = set(session.scalars(own))
    gone = merged_ids(session)
    _write_keys(session, ids | _without_keys(session), divisions, gone)
    pairs, crowded = _pairs(session, ids if batch_id is not None else None)
    done = compared = found = refreshed = 0
    now = now_utc()
    for chunk in _portions(pairs):
        report(done, len(pairs), _("正在比对企业名称"))
        kept = _compare(session, chunk, divisions, weights)
        fresh, again = _keep(session, kept, weights, now)
        done, compared = done + len(chunk), compared + len(chunk)
        found, refreshed = found + fresh, refreshed + again
    session.flush()
    record(
        session,
        actor,
        "registry.match.searched",
        f"batch:{batch_id}" if batch_id is not None else "match",
        firms=len(ids),
        compared=compared,
        found=found,
    )
    return Search(len(ids), compared, found, refreshed, crowded)


def _without_keys(session: Session) -> set[int]:
    keyed = select(MatchKey.enterprise_id)
    return set(session.scalars(select(Enterprise.id).where(stands_for_itself(), Enterprise.id.not_in(keyed))))


def _write_keys(session: Session, ids: set[int], divisions: Divisions, gone: Collection[int]) -> None:
    """Make the keys of these enterprises anew; those that were merged away keep none."""
    for chunk in in_chunks(sorted({*ids, *gone})):
        session.execute(delete(MatchKey).where(MatchKey.enterprise_id.in_(chunk)))
    for chunk in in_chunks(sorted(ids)):
        found = records(session, chunk, divisions)
        rows = [(key, firm.id) for firm in found.values() for key in sorted(block_keys(firm))]
        insert_rows(session, MatchKey, ("key", "enterprise_id"), rows)


def _pairs(session: Session, of: set[int] | None) -> tuple[list[Pair], int]:
    """Return every two enterprises that share a key that is not crowded, each once; and how many are crowded.

    Args:
        of: only pairs with one of these; None for all.
    """
    pairs: set[Pair] = set()
    crowded = 0
    for key, members in _blocks(session, of):
        if len(members) > (MOST_CERTAIN if key.startswith(CERTAIN) else MOST_SHARED):
            crowded += 1
            continue
        pairs.update(pair for pair in combinations(members, 2) if of is None or not of.isdisjoint(pair))
    return sorted(pairs), crowded


def _blocks(session: Session, of: set[int] | None) -> Iterator[tuple[str, list[int]]]:
    """Yield every key with its enterprises in order of id; with `of`, only the keys that those have."""
    for rows in _keyed(session, of):
        for key, group in groupby(rows, key=lambda row: row[0]):
            yield key, [enterprise_id for _key, enterprise_id in group]


def _keyed(session: Session, of: set[int] | None) -> Iterator[Iterable[tuple[str, int]]]:
    ordered = select(MatchKey.key, MatchKey.enterprise_id).order_by(MatchKey.key, MatchKey.enterprise_id)
    if of is None:
        yield ((key, enterprise_id) for key, enterprise_id in session.execute(ordered))
        return
    keys: set[str] = set()
    for chunk in in_chunks(sorted(of)):
        keys.update(session.scalars(select(MatchKey.key).where(MatchKey.enterprise_id.in_(chunk))))
    for wanted in in_chunks(sorted(keys)):
        yield [
            (key, enterprise_id)
            for key, enterprise_id in session.execute(ordered.where(MatchKey.key.in_(wanted)))
        ]


def _portions(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    for start in range(0, len(pairs), PAIRS_AT_A_TIME):
        yield pairs[start : start + PAIRS_AT_A_TIME]


def _compare(
    session: Session, pairs: Sequence[Pair], divisions: Divisions, weights: Weights
) -> dict[Pair, Assessment]:
    firms = records(session, {enterprise_id for pair in pairs for enterprise_id in pair}, divisions)
    beside = together(session, pairs)
    return {(a, b): assess(firms[a], firms[b], weights, beside[a, b]) for a, b in pairs}


def _keep(
    session: Session, assessed: dict[Pair, Assessment], weights: Weights, now: datetime
) -> tuple[int, int]:
    """Write the pairs that are not separate; return how many are new and how many were open already.

    An open pair that turned out to be two firms stays: somebody may be looking at it, and it shows why.
    """
    known: dict[Pair, MatchCandidate] = {}
    for chunk in in_chunks(sorted({first for first, _second in assessed})):
        rows = session.scalars(select(MatchCandidate).where(MatchCandidate.first_id.in_(chunk)))
        known.update({(row.first_id, row.second_id): row for row in rows})
    fresh = again = 0
    for pair, found in assessed.items():
        row = known.get(pair)
        if row is None and found.outcome is not Outcome.SEPARATE:
            row = MatchCandidate(first_id=pair[0], second_id=pair[1], state=MatchState.OPEN)
            session.add(row)
            fresh += 1
        elif row is None or row.state is not MatchState.OPEN:
            continue
        else:
            again += 1
        row.outcome, row.tier, row.bits_e2 = found.outcome, found.tier, round(found.bits * 100)
        row.priority = row.bits_e2 + (IDENTITIES_FIRST if found.outcome is Outcome.IDENTITY else 0)
        row.features = [weighed.as_json() for weighed in found.features]
        row.weights_version, row.found_at = weights.version, now
    session.flush()
    return fresh, again
