"""Writing the audit log and proving that nobody rewrote it.

`record` writes in the caller's transaction: the deed and its entry stand or fall together. It locks the
head of the chain until the transaction ends, so call it after the use case's other writes: whoever
holds the head and then waits for a row can deadlock with somebody who holds that row and waits for it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ipfin.audit import chain, codes
from ipfin.audit.models import AuditEntry, AuditHead
from ipfin.bulk import spelled
from ipfin.db import is_sqlite
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import _

request_address: ContextVar[str] = ContextVar("request_address", default="")
"""The network address behind the present request; the web sets it, commands and jobs leave it empty."""

LONGEST_SUBJECT = 120
VERIFIED = "audit.chain.verified"
MOST_FINDINGS_NOTED = 20
_FETCH = 2_000  # rows at a time when the whole log is read


def record(
    session: Session, actor: Actor, action: str, subject: str, *, address: str = "", **detail: Any
) -> AuditEntry:
    """Record in the present transaction that `actor` did `action` to `subject`.

    Args:
        action: a code of `audit.codes`; its sentence is filled from `detail`.
        subject: what a timeline is asked for, such as "enterprise:7".
        address: the network address; by default that of the present request.
        detail: facts of the deed; days, instants, enums and decimals are kept as text. No passwords,
            codes, phone numbers: the log is never cleaned.

    Raises:
        ValueError: the code is unknown, its sentence lacks a value, or the subject is too long.
        RuntimeError: the log has no head, that is, the database was not set up by the migrations.
    """
    head = _lock_head(session)
    [link] = _links_after(head, actor, action, [(subject, detail)], address)
    entry = AuditEntry(**asdict(link))
    session.add(entry)
    session.flush()
    _move_head(session, head, chain.Head(link.id, link.hash))
    return entry


def record_each(
    session: Session,
    actor: Actor,
    action: str,
    deeds: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    address: str = "",
) -> int:
    """Record one action on many subjects (with the detail of each), as `record` would one by one.

    The chain is the same, entry by entry; its head is locked and moved once and the entries travel together.
    They were done at one instant.

    Returns:
        How many were recorded.

    Raises:
        ValueError, RuntimeError: as `record`; then none is recorded.
    """
    told = list(deeds)
    if not told:
        return 0
    head = _lock_head(session)
    links = _links_after(head, actor, action, told, address)
    _append(session, links)
    if current_head(session) != chain.Head(links[-1].id, links[-1].hash):
        raise RuntimeError("the head of the audit log moved while it was locked")
    return len(links)


def _append(session: Session, links: Sequence[chain.Link]) -> None:
    """Write entries by the driver itself, each followed by the head: the database takes none beyond it."""
    session.flush()
    names = [one.name for one in fields(chain.Link)]
    columns = spelled(session, [[getattr(link, name) for link in links] for name in names])
    place = "?" if is_sqlite(session) else "%s"
    entry = f"INSERT INTO audit_entry ({', '.join(names)}) VALUES ({', '.join([place] * len(names))})"  # noqa: S608 - names are ours
    head = f"UPDATE audit_head SET length = {place}, hash = {place} WHERE id = 1"  # noqa: S608 - a place
    cursor = session.connection().connection.cursor()
    for link, row in zip(links, zip(*columns, strict=True), strict=True):
        cursor.execute(entry, row)
        cursor.execute(head, (link.id, link.hash))
    cursor.close()


def _links_after(
    head: chain.Head, actor: Actor, action: str, deeds: Iterable[tuple[str, Mapping[str, Any]]], address: str
) -> list[chain.Link]:
    """Return the entries of some deeds, each chained to the one before, the first to `head`."""
    at, shown = now_utc(), _one_line(address or request_address.get(), 64)
    links: list[chain.Link] = []
    for subject, detail in deeds:
        codes.check(action, detail)
        if not 0 < len(subject) <= LONGEST_SUBJECT:
            raise ValueError(f"an audit subject has 1 to {LONGEST_SUBJECT} characters, not {len(subject)}")
        link = chain.Link(
            id=head.length + 1,
            at=at,
            actor_user_id=actor.user_id,
            actor_name=_one_line(actor.name, 200),
            actor_role=actor.role.value if actor.role else "",
            organisation_id=actor.organisation_id,
            action=action,
            subject=_one_line(subject, LONGEST_SUBJECT),
            detail=chain.canonical_json(detail),
            address=shown,
            previous_hash=head.hash,
        )
        links.append(replace(link, hash=chain.link_hash(link)))
        head = chain.Head(link.id, links[-1].hash)
    return links


def _one_line(text: str, longest: int) -> str:
    """Return `text` without line breaks and controls, so that nobody can forge a second line."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown.encode("utf-8", "replace").decode("utf-8")[:longest]


def _lock_head(session: Session) -> chain.Head:
    # PostgreSQL locks the row; on SQLite the clause falls away, and the writer's lock is the lock.
    row = session.execute(select(AuditHead.length, AuditHead.hash).with_for_update()).one_or_none()
    if row is None:
        raise RuntimeError("the audit log has no head: the database was not set up by the migrations")
    return chain.Head(row.length, row.hash)


def _move_head(session: Session, old: chain.Head, new: chain.Head) -> None:
    moved = session.scalars(
        update(AuditHead)
        .where(AuditHead.id == 1, AuditHead.length == old.length)
        .values(length=new.length, hash=new.hash)
        .returning(AuditHead.length)
        .execution_options(synchronize_session=False)
    ).all()
    if moved != [new.length]:
        raise RuntimeError("the head of the audit log moved while it was locked")


def verify(session: Session, expected_head: chain.Head | None = None) -> chain.VerifyReport:
    """Read the whole log and report every place where the chain breaks.

    Args:
        expected_head: a head exported earlier; without one, a log that was rewritten as a whole,
            head included, looks sound.
    """
    return chain.verify(_links(session), current_head(session), expected_head)


def _links(session: Session) -> Iterator[chain.Link]:
    table = AuditEntry.__table__.c
    columns = [table[name] for name in chain.Link.__dataclass_fields__]
    rows = session.execute(select(*columns).order_by(table.id).execution_options(yield_per=_FETCH))
    for row in rows:
        yield chain.Link(*row)


def current_head(session: Session) -> chain.Head | None:
    """Return where the chain ends, or None when the head row is gone."""
    row = session.execute(select(AuditHead.length, AuditHead.hash)).one_or_none()
    return None if row is None else chain.Head(row.length, row.hash)


def export_head(session: Session, directory: Path, now: datetime) -> Path:
    """Write the chain's present head to a file of the day, to be copied to a place of its own.

    The day's file is replaced when it is there already: the later head covers the earlier one.

    Raises:
        RuntimeError: the log has no head.
    """
    head = current_head(session)
    if head is None:
        raise RuntimeError("the audit log has no head")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = directory / f"{now:%Y-%m-%d}.json"
    partial = target.with_suffix(".part")
    body = {"at": chain.instant_text(now), "hash": head.hash, "length": head.length}
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(json.dumps(body) + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
    return target


def read_head(path: Path) -> chain.Head:
    """Return the head that `export_head` wrote.

    Raises:
        OSError, ValueError, KeyError: the file is not there or is not such a file.
    """
    stored = json.loads(path.read_text())
    return chain.Head(int(stored["length"]), str(stored["hash"]))


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A head that was written down; `head` is None when the file cannot be read any more."""

    day: str
    head: chain.Head | None


def kept_heads(directory: Path) -> Sequence[KeptHead]:
    """Return the heads that `export_head` wrote, the latest first."""
    paths = sorted(directory.glob("*.json"), reverse=True) if directory.is_dir() else []
    return [KeptHead(path.stem, _readable_head(path)) for path in paths]


def _readable_head(path: Path) -> chain.Head | None:
    try:
        return read_head(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def verify_with_heads(session: Session, directory: Path) -> chain.VerifyReport:
    """Verify against the newest kept head, which covers most, and the oldest, which is hardest to forge."""
    kept = [each.head for each in kept_heads(directory) if each.head is not None]
    report = verify(session, kept[0] if kept else None)
    if len(kept) < 2:
        return report
    older = verify(session, kept[-1]).findings
    added = tuple(finding for finding in older if finding.fault is chain.Fault.NOT_AS_EXPORTED)
    return replace(report, findings=(*report.findings, *added))


def note_verification(session: Session, actor: Actor, report: chain.VerifyReport) -> AuditEntry:
    """Record what a verification found: in the log itself, for whoever reads it next.

    Raises:
        RuntimeError: the log has no head to write to; that itself is the finding.
    """
    count = len(report.findings)
    result = _("完好") if report.is_sound else _("发现%(count)s处异常", count=count)
    found = [finding.message for finding in report.findings[:MOST_FINDINGS_NOTED]]
    return record(session, actor, VERIFIED, "audit:chain", rows=report.rows, result=result, findings=found)
