"""How a changed column of a patent is named and shown on the batch page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from ipfin.web.filters import DASH
from ipfin.web.i18n import in_reader_language

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
}


def changed_label(name: str) -> Text | str:
    """Return what a column is called."""
    return LABELS.get(name, name)


def changed_value(name: str, value: Any) -> str:
    """Return a kept value as people read it."""
    if value in (None, "", []):
        return DASH
    if isinstance(value, bool):
        return in_reader_language(_("是") if value else _("否"))
    if name == "validity":
        return in_reader_language(VALIDITY_LABELS[Validity(value)])
    if name == "legal_status":
        return in_reader_language(LEGAL_STATUS_LABELS[LegalStatus(value)])
    if name == "kind":
        return in_reader_language(PATENT_KIND_LABELS[PatentKind(value)])
    if name == "flags":
        return "、".join(in_reader_language(FLAG_LABELS[Flag(word)]) for word in str(value).split())
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
