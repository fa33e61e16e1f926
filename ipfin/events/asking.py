"""Who may ask whom for a meeting, and how often (意愿提出规则). Pure.

Decides what is a request and which requests an event takes: a matrix of askers and asked, and a quota for
each side. An answer is no request: whoever was asked, or is answering a proposal of the office, says yes or
no whatever the matrix says, and a refusal is always free. Does not decide who meets (`wishes`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Final

from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import Text, _, listed

MOST_REQUESTS: Final = 500
NAMES_TOLD: Final = 3


class Party(StrEnum):
    """What somebody is in the matrix (提出方、被提出方). Agencies do not take part in events."""

    FIRM = "firm"  # 白名单以外的企业
    LISTED = "listed"  # 白名单企业
    BANK = "bank"  # 银行
    INSURER = "insurer"  # 保险
    GUARANTOR = "guarantor"  # 担保


PARTY_LABELS: Final[Mapping[Party, Text]] = {
    Party.FIRM: _("白名单以外的企业"),
    Party.LISTED: _("白名单企业"),
    Party.BANK: _("银行"),
    Party.INSURER: _("保险机构"),
    Party.GUARANTOR: _("担保机构"),
}
FIRMS: Final = (Party.LISTED, Party.FIRM)
HOUSES: Final = (Party.BANK, Party.INSURER, Party.GUARANTOR)


def rule_word(asker: Party, asked: Party) -> str:
    """Return how a cell of the matrix is written down."""
    return f"{asker.value}>{asked.value}"


def cells() -> list[tuple[str, Party, Party]]:
    """Return every cell of the matrix in its order: how it is written, who asks, who is asked."""
    return [
        (rule_word(asker, asked), asker, asked)
        for askers, others in ((FIRMS, HOUSES), (HOUSES, FIRMS))
        for asker in askers
        for asked in others
    ]


EVERYBODY: Final = tuple(word for word, _asker, _asked in cells())
"""Every cell of the matrix, in its order: nobody is kept from asking."""

USUAL: Final = tuple(word for word in EVERYBODY if word != rule_word(Party.BANK, Party.FIRM))
"""What a new event starts with: a bank asks firms of the whitelist only, everybody else asks everybody."""


def checked_asking(words: Iterable[str]) -> list[str]:
    """Return the cells of a matrix in their order.

    Raises:
        BadInput: a cell that there is none of, or nobody may ask anybody.
    """
    said = set(words)
    fault = fault_of(said)
    if fault is not None:
        raise BadInput(fault, field="asking")
    return [word for word in EVERYBODY if word in said]


def fault_of(asking: Collection[str]) -> Text | None:
    """Return what is wrong with the cells of a matrix; None when nothing is."""
    if not set(asking) <= set(EVERYBODY):
        return _("没有这样的提出方和对方，请在列出的各项中选择。")
    if not asking:
        return _("请至少允许一方提出意愿，否则没有洽谈可排。")
    return None


def may_ask(asking: Collection[str], asker: Party, asked: Party) -> bool:
    """Whether an event lets `asker` ask first."""
    return rule_word(asker, asked) in asking


def is_request(*, said_yes: bool | None, other_says_yes: bool, is_proposed: bool) -> bool:
    """Whether a yes that is now said asks first, and counts against the quota.

    Args:
        said_yes: whether an earlier yes of the same side was a request; None when it had not said yes.
        other_says_yes: whether the other side has a yes standing: then this one answers it.
        is_proposed: whether the office proposed the pair: then this one answers the office.
    """
    if said_yes is not None:
        return said_yes
    return not (other_says_yes or is_proposed)


def require_allowed(asking: Collection[str], asker: Party, asked: Iterable[tuple[Party, str]]) -> None:
    """Refuse requests that the matrix does not allow.

    Args:
        asked: what each of them is, and its name.

    Raises:
        Conflict: with the names, and what can be done instead.
    """
    barred = [(party, name) for party, name in asked if not may_ask(asking, asker, party)]
    if not barred:
        return
    names = [name for _party, name in barred[:NAMES_TOLD]]
    raise Conflict(
        _(
            "本活动中，%(asker)s不能先向%(asked)s提出意愿：%(names)s%(more)s。"
            "可等对方提出后答复，或请主办方提议。",
            asker=PARTY_LABELS[asker],
            asked=listed(PARTY_LABELS[party] for party in Party if party in {one for one, _name in barred}),
            names=listed(names),
            more=_("等%(count)d家", count=len(barred)) if len(barred) > NAMES_TOLD else "",
        )
    )


def require_within(quota: int, *, kept: int, new: int) -> None:
    """Refuse more requests than the quota of a side; 0 sets no limit.

    Args:
        kept: requests that stand and are not touched now.
        new: requests that are made now.

    Raises:
        Conflict: with the figures, and what can be done instead.
    """
    if quota and new and kept + new > quota:
        raise Conflict(
            _(
                "本活动每家最多先提出%(quota)d个意愿，已提出%(kept)d个，这次又提出%(new)d个。"
                "请先把不太需要的改为“未表态”；答复对方或主办方的提议不占此数。",
                quota=quota,
                kept=kept,
                new=new,
            )
        )
