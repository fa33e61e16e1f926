"""What the columns of a patent are called, and how a value of one reads: on pages, in sheets, in sentences.

Decides words only. Values may be the registry's own or those that JSON kept of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ipfin.kernel.identifiers import PATENT_KIND_LABELS, PatentKind
from ipfin.kernel.text import Text, _
from ipfin.registry.statuses import (
    FLAG_LABELS,
    LEGAL_STATUS_LABELS,
    VALIDITY_LABELS,
    Flag,
    LegalStatus,
    Validity,
)

DASH: Final = "—"

LABELS: Mapping[str, Text] = {
    "application_number": _("申请号"),
    "publication_root": _("公开号（不含文献种类）"),
    "publication_number": _("公开（公告）号"),
    "title": _("标题"),
    "kind": _("专利类型"),
    "filed_on": _("申请日"),
    "filing_year": _("申请年"),
    "published_on": _("公开（公告）日"),
    "granted_on": _("授权公告日"),
    "expires_on": _("届满日"),
    "ipc_main": _("IPC主分类号"),
    "ipc_subclasses": _("IPC小类"),
    "claims_count": _("权利要求数量"),
    "cited_by_count": _("被引用次数"),
    "cites_count": _("引用次数"),
    "family_count": _("同族数量"),
    "industry_codes": _("国民经济行业分类"),
    "strategic_industry": _("战略性新兴产业分类"),
    "vendor_group": _("标准化申请人（数据商归并名称）"),
    "validity": _("专利有效性"),
    "legal_status": _("法律状态"),
    "flags": _("权利负担与事件"),
    "tells_flags": _("名单是否载明权利负担"),
    "is_pledged": _("在押"),
    "was_granted": _("曾获授权"),
    "listed_status": _("名单原文状态"),
    "holders": _("权利人"),
    "listed_flags": _("名单所列权利负担与事件"),
    "flags_as_of": _("权利负担的数据日期"),
    "holders_as_of": _("权利人的数据日期"),
    "status_as_of": _("法律状态的数据日期"),
}


_WORDS: Final[Mapping[str, Callable[[Any], Text]]] = {
    "validity": lambda value: VALIDITY_LABELS[Validity(value)],
    "legal_status": lambda value: LEGAL_STATUS_LABELS[LegalStatus(value)],
    "kind": lambda value: PATENT_KIND_LABELS[PatentKind(value)],
}

FOLLOWS_FROM_OTHERS: Final = frozenset(
    {"as_of", "status_as_of", "flags_as_of", "holders_as_of", "holders_batch_id"}
    | {"tells_flags", "publication_root"}
)
"""Columns whose change says nothing to a person beside the change that it comes with."""


def fact_label(name: str) -> Text | str:
    """Return what a column is called."""
    return LABELS.get(name, name)


def fact_text(name: str, value: Any) -> Text | str:
    """Return a value for a sentence: a word of ours stays a `Text`, to be said in the reader's language."""
    if value in (None, "", [], ()):
        return DASH
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return _WORDS[name](value) if name in _WORDS else fact_value(name, value)


def fact_value(name: str, value: Any, say: Callable[[str], str] = str) -> str:
    """Return a value as people read it, each word of ours said by `say` (in the reader's language)."""
    if value in (None, "", [], ()):
        return DASH
    if isinstance(value, bool):
        return say(_("是") if value else _("否"))
    if name in _WORDS:
        return say(_WORDS[name](value))
    if name in ("flags", "listed_flags"):
        return "、".join(say(FLAG_LABELS[Flag(word)]) for word in str(value).split())
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
