"""The hash chain of the audit log: what is hashed, and how a broken chain is located. Pure.

Decides the bytes of an entry, its SM3 digest (GB/T 32905-2016) and what an edited, removed, moved or
cut-off entry looks like. Does not decide what is recorded, nor where the chain's head is kept safe:
somebody who can rewrite the whole database can rewrite the chain too, and only a head that was written
down elsewhere (`audit.service.export_head`) shows that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import Text, _

GENESIS = "0" * 64
"""The previous hash of the first entry, and the head of an empty log."""

MOST_FINDINGS = 200
"""A chain that is broken in more places than this is not described any further."""


class DigestMissing(DomainError):
    """This machine's OpenSSL has no SM3: nothing can be recorded, so nothing may be done."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as the chain sees it. `at` is an aware instant, `detail` canonical JSON text."""

    id: int
    at: datetime
    actor_user_id: int | None
    actor_name: str
    actor_role: str
    organisation_id: int | None
    action: str
    subject: str
    detail: str
    address: str
    previous_hash: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """How long the chain is and the hash of its last entry."""

    length: int
    hash: str


class Fault(StrEnum):
    """What is wrong at one place of the chain (异常)."""

    EDITED = "edited"  # 内容被改
    REMOVED = "removed"  # 记录缺失
    MOVED = "moved"  # 次序被调
    UNLINKED = "unlinked"  # 前后不衔接
    TRUNCATED = "truncated"  # 末尾被截
    HEAD_DIFFERS = "head_differs"  # 链头不符
    NOT_AS_EXPORTED = "not_as_exported"  # 与留存链头不符


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and the entries it concerns, first and last included."""

    fault: Fault
    first_id: int
    last_id: int
    message: Text


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What the verification of the whole log found."""

    rows: int
    head: Head
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def canonical_json(value: Mapping[str, Any]) -> str:
    """Return `value` as JSON text with one spelling: keys sorted, no spaces, no NaN.

    Days and instants become ISO text, decimals and enums their text, sentences keep their template so
    that they can be translated later.

    Raises:
        TypeError: a value of a kind that has no place in a log, floats among them (money and rates
            are whole numbers or decimals).
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return _plain(value.as_json())
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> str | int | bool | None:
    if isinstance(value, Enum):
        return _plain_scalar(value.value)
    if isinstance(value, str):
        # A lone surrogate cannot be stored; the log must not fail on a hostile file name.
        return value.encode("utf-8", "replace").decode("utf-8")
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be recorded in the audit log")


def instant_text(at: datetime) -> str:
    """Return an aware instant in UTC with six decimals, as it is hashed."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link_bytes(link: Link) -> bytes:
    """Return the bytes of an entry that its hash covers: everything but the hash itself."""
    return json.dumps(
        [
            link.id,
            instant_text(link.at),
            link.actor_user_id,
            link.actor_name,
            link.actor_role,
            link.organisation_id,
            link.action,
            link.subject,
            link.detail,
            link.address,
            link.previous_hash,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def link_hash(link: Link) -> str:
    """Return the SM3 digest of an entry in hexadecimal.

    Raises:
        DigestMissing: this OpenSSL was built without SM3.
    """
    return _sm3(link_bytes(link))


def _sm3(data: bytes) -> str:
    try:
        return hashlib.new("sm3", data).hexdigest()
    except ValueError as error:
        raise DigestMissing(
            _("本机的 OpenSSL 不支持国密 SM3 摘要，无法写入审计日志；请安装带 SM3 的 OpenSSL。")
        ) from error


@dataclass
class _Walk:
    """The state of one pass over the chain."""

    rows: int = 0
    last: Head = Head(0, GENESIS)
    findings: list[Finding] = field(default_factory=list)
    suspects: list[Link] = field(default_factory=list)

    def find(self, fault: Fault, first_id: int, last_id: int, message: Text) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(fault, first_id, last_id, message))


def verify(rows: Iterable[Link], head: Head | None, expected_head: Head | None = None) -> VerifyReport:
    """Walk over all entries in the order of their ids and report every place where the chain breaks.

    Args:
        rows: all entries, ordered by id.
        head: what the database says of the chain's end; None when even that is gone.
        expected_head: a head that was kept elsewhere; shows a log that was rewritten as a whole.
    """
    walk = _Walk()
    expected_seen = GENESIS if expected_head is not None and expected_head.length == 0 else None
    for row in rows:
        _step(walk, row)
        if expected_head is not None and row.id == expected_head.length:
            expected_seen = row.hash
    _name_suspects(walk)
    _compare_head(walk, head)
    if expected_head is not None and expected_seen != expected_head.hash:
        number = expected_head.length
        walk.find(
            Fault.NOT_AS_EXPORTED,
            number,
            number,
            _("第%(number)s条与另行留存的链头不符：日志在留存之后被整体改写或截短。", number=number),
        )
    walk.findings.sort(key=lambda found: found.first_id)
    return VerifyReport(walk.rows, head or walk.last, tuple(walk.findings))


def _step(walk: _Walk, row: Link) -> None:
    """Compare one entry with its place and with the one before, then go on as if it were right."""
    expected = walk.last.length + 1
    if row.id > expected:
        message = _("第%(first)s至%(last)s条缺失。", first=expected, last=row.id - 1)
        walk.find(Fault.REMOVED, expected, row.id - 1, message)
    whole = link_hash(row) == row.hash
    if not whole:
        walk.suspects.append(row)
    elif row.id == expected and row.previous_hash != walk.last.hash:
        message = _("第%(id)s条与前一条不衔接：前一条被改写，或其间有记录被换掉。", id=row.id)
        walk.find(Fault.UNLINKED, row.id - 1, row.id, message)
    walk.rows += 1
    walk.last = Head(row.id, row.hash)


def _name_suspects(walk: _Walk) -> None:
    """Tell an entry that was moved from one that was edited: a moved one is whole under another id."""
    ids = [suspect.id for suspect in walk.suspects[:MOST_FINDINGS]]
    for suspect in walk.suspects[:MOST_FINDINGS]:
        origin = next((id_ for id_ in ids if link_hash(replace(suspect, id=id_)) == suspect.hash), None)
        if origin is None:
            message = _("第%(id)s条的内容与摘要不符：已被改动。", id=suspect.id)
            walk.find(Fault.EDITED, suspect.id, suspect.id, message)
        else:
            message = _("第%(id)s条原为第%(origin)s条：次序被调换。", id=suspect.id, origin=origin)
            walk.find(Fault.MOVED, suspect.id, suspect.id, message)


def _compare_head(walk: _Walk, head: Head | None) -> None:
    last = walk.last
    if head is None:
        walk.find(Fault.HEAD_DIFFERS, last.length, last.length, _("链头记录缺失。"))
    elif head.length > last.length:
        message = _("末尾第%(first)s至%(last)s条缺失。", first=last.length + 1, last=head.length)
        walk.find(Fault.TRUNCATED, last.length + 1, head.length, message)
    elif head != last:
        message = _(
            "链头记至第%(head)s条，日志末条为第%(last)s条，两者不符。", head=head.length, last=last.length
        )
        walk.find(Fault.HEAD_DIFFERS, last.length, last.length, message)
