"""The life of a consent (授权): given, narrowed, replaced, withdrawn; and on which days it is in force. Pure.

Decides how long a consent may run, what narrowing may do, and what the firm is told before it agrees.
Who may see what under a consent is decided in `levels`.

A consent runs from its first day to the day before `until`. Withdrawal ends it at once, on any day
(个人信息保护法 art. 15); what was seen before stays lawful and stays in the log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from ipfin.consent.purposes import (
    FIELD_SET_KINDS,
    FIELD_SET_LABELS,
    METHOD,
    PURPOSE_DETAILS,
    PURPOSE_LABELS,
    FieldSet,
    Purpose,
)
from ipfin.kernel.calendar import add_months
from ipfin.kernel.errors import BadInput
from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _

# Rules of this platform, not of a law: what runs on for ever is no consent that anybody remembers.
USUAL_MONTHS: Final = 6
LONGEST_MONTHS: Final = 24
WORDING: Final = "2026-1"
"""Version of what a firm is told; a change of words below is a new version."""


class ConsentState(StrEnum):
    """Where a consent stands (授权状态). That its time is over is told by its dates, not by its state."""

    GIVEN = "given"  # 已授权
    NARROWED = "narrowed"  # 已缩短
    REPLACED = "replaced"  # 已由新授权取代
    WITHDRAWN = "withdrawn"  # 已撤回


CONSENT_STATE_LABELS: Final[Mapping[ConsentState, Text]] = {
    ConsentState.GIVEN: _("已授权"),
    ConsentState.NARROWED: _("已缩短期限"),
    ConsentState.REPLACED: _("已由新授权取代"),
    ConsentState.WITHDRAWN: _("已撤回"),
}
_G, _N, _R, _W = ConsentState.GIVEN, ConsentState.NARROWED, ConsentState.REPLACED, ConsentState.WITHDRAWN
CONSENT_LIFECYCLE: Final = Lifecycle(
    {_G: frozenset({_N, _R, _W}), _N: frozenset({_N, _R, _W}), _R: frozenset(), _W: frozenset()},
    subject=_("授权"),
    labels=CONSENT_STATE_LABELS,
)
STANDING: Final = CONSENT_LIFECYCLE.open_states


class Standing(StrEnum):
    """What a consent is on a day (当前效力)."""

    IN_FORCE = "in_force"  # 有效
    EXPIRED = "expired"  # 已到期
    REPLACED = "replaced"  # 已由新授权取代
    WITHDRAWN = "withdrawn"  # 已撤回


STANDING_LABELS: Final[Mapping[Standing, Text]] = {
    Standing.IN_FORCE: _("有效"),
    Standing.EXPIRED: _("已到期"),
    Standing.REPLACED: _("已由新授权取代"),
    Standing.WITHDRAWN: _("已撤回"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What of a consent moves: its state, its first day, the first day without it."""

    state: ConsentState
    starts_on: date
    until: date

    def standing(self, on: date) -> Standing:
        """Return what the consent is on day `on`; before its first day it is not in force either."""
        if self.state is ConsentState.WITHDRAWN:
            return Standing.WITHDRAWN
        if self.state is ConsentState.REPLACED:
            return Standing.REPLACED
        return Standing.IN_FORCE if self.starts_on <= on < self.until else Standing.EXPIRED

    def withdrawn(self) -> Terms:
        """Return the terms after a withdrawal.

        Raises:
            InvalidTransition: it is withdrawn or replaced already.
        """
        state = CONSENT_LIFECYCLE.advance(self.state, ConsentState.WITHDRAWN)
        return Terms(state, self.starts_on, self.until)

    def replaced(self) -> Terms:
        """Return the terms after a new consent to the same.

        Raises:
            InvalidTransition: it is withdrawn or replaced already.
        """
        return Terms(CONSENT_LIFECYCLE.advance(self.state, ConsentState.REPLACED), self.starts_on, self.until)

    def narrowed(self, until: date, *, on: date) -> Terms:
        """Return the terms that end earlier: at `until`, the first day without the consent.

        Raises:
            InvalidTransition: it is withdrawn or replaced already.
            BadInput: it would not end earlier, or it would end today or before (that is a withdrawal).
        """
        state = CONSENT_LIFECYCLE.advance(self.state, ConsentState.NARROWED)
        if until >= self.until:
            raise BadInput(
                _("缩短后的截止日须早于原截止日%(day)s；延长请重新授权。", day=last_day(self.until)),
                field="last_day",
            )
        if until <= on:
            raise BadInput(_("截止日须在今天或以后；要立即停止请撤回授权。"), field="last_day")
        return Terms(state, self.starts_on, until)


def last_day(until: date) -> str:
    """Return the last day of a consent as people read it: the day before `until`."""
    return (until - timedelta(days=1)).isoformat()


def usual_last_day(on: date) -> date:
    """Return the last day that is proposed to a firm that agrees on day `on`."""
    return add_months(on, USUAL_MONTHS)


def new_terms(on: date, last: date) -> Terms:
    """Return the terms of a consent that is given on day `on` and whose last day is `last`.

    Raises:
        BadInput: the last day is in the past, or further off than the platform allows.
    """
    if last < on:
        raise BadInput(_("截止日不能早于今天。"), field="last_day")
    if last > add_months(on, LONGEST_MONTHS):
        raise BadInput(
            _("授权期限最长%(months)s个月，请改短截止日；到期前可以再次授权。", months=LONGEST_MONTHS),
            field="last_day",
        )
    return Terms(ConsentState.GIVEN, on, last + timedelta(days=1))


# --- What is told before the firm agrees --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who would receive: its full name and where it is reached about this data (art. 23)."""

    name: str
    contact: str


def statement(
    firm: str, recipient: Recipient, purpose: Purpose, field_set: FieldSet, terms: Terms
) -> list[Text]:
    """Return what the firm is told, and what is kept with its consent: sentence by sentence.

    Recipient's name and contact, purpose, method and kinds stand in it (个人信息保护法 art. 23), and that
    agreeing is free, can be taken back, and changes no other service (arts. 14, 15, 16).

    Raises:
        BadInput: the recipient told no contact, so the firm cannot be told what the law wants told.
    """
    if not recipient.contact.strip():
        raise BadInput(
            _("%(name)s尚未登记个人信息保护联系方式，暂不能授权。", name=recipient.name), field="recipients"
        )
    return [
        _("授权企业：%(firm)s。", firm=firm),
        _("接收方：%(name)s；联系方式：%(contact)s。", name=recipient.name, contact=recipient.contact),
        _(
            "用途：%(purpose)s（%(detail)s）。",
            purpose=PURPOSE_LABELS[purpose],
            detail=PURPOSE_DETAILS[purpose],
        ),
        _("内容：%(set)s（%(kinds)s）。", set=FIELD_SET_LABELS[field_set], kinds=FIELD_SET_KINDS[field_set]),
        _("处理方式：%(method)s。", method=METHOD),
        _(
            "期限：%(first)s至%(last)s，到期自动失效。",
            first=terms.starts_on.isoformat(),
            last=last_day(terms.until),
        ),
        _("企业可随时在“授权管理”中撤回，撤回后对方下一次请求即看不到；撤回前已发生的查看不受影响。"),
        _("是否授权由企业自愿决定，不授权不影响白名单评定和平台其他服务。"),
    ]  # fmt: skip


def digest(said: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of what was told, as it is kept: it proves that the words did not change."""
    kept = json.dumps(list(said), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(kept.encode("utf-8", "surrogatepass")).hexdigest()


def statement_kept(stored: Sequence[Mapping[str, Any]]) -> list[Text]:
    """Return the sentences that were kept with a consent."""
    return [Text.from_json(each) for each in stored]
