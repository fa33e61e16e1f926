"""Copies of the register of conduct. Issued by `copies`, like every other copy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.conduct.models import ConductRecord
from ipfin.conduct.queries import (
    RecordFilter,
    ends_by_time,
    records_visible_to,
    register_rows,
    standing_of,
    term_rules,
)
from ipfin.conduct.rules import LABELS
from ipfin.conduct.terms import TermRule, rule_on
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.reports.conduct_export import RegisterLine, register_sheet
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.list_copies import ListCopy, make_list_copy, require_rows

MOST_RECORDS: Final = 20_000  # made while the page waits


def make_register_copy(
    session: Session,
    actor: Actor,
    wanted: RecordFilter,
    purpose: ExportPurpose,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet of exactly the records that the list of `wanted` holds for `actor`.

    Raises:
        NotAllowed: the actor may not copy the register.
        Conflict: the list is empty, or too long for one copy.
    """
    require(actor, P.OFFICE_CONDUCT_EXPORT)
    found = register_rows(session, records_visible_to(actor), wanted, most=MOST_RECORDS + 1)
    require_rows(found, MOST_RECORDS, _("记录超过%(most)s条，请缩小范围后再导出。", most=MOST_RECORDS))
    rules = term_rules(session)
    said = ListCopy(
        _("非正常申请与失信名册"),
        purpose,
        "conduct",
        {"on": wanted.on.isoformat(), "query": wanted.query, "matter": wanted.code or ""},
        wanted.on,
        list(register_filters_in_words(wanted).values()),
    )
    return make_list_copy(
        actor,
        said,
        settings,
        rows=len(found),
        synthetic=any(row.enterprise.is_synthetic for row in found),
        fill=lambda head: register_sheet(head, [_line(rules, row, wanted) for row in found], locale=locale),
    )


def register_filters_in_words(wanted: RecordFilter) -> dict[str, tuple[Text, Text | str]]:
    """Return, for everything that the register is narrowed to, its word in the address: label and value."""
    states = {True: _("当日有效"), False: _("当日无效"), None: _("全部")}
    said: dict[str, tuple[Text, Text | str]] = {
        "q": (_("企业"), wanted.query),
        "code": (_("情形"), LABELS[wanted.code] if wanted.code else ""),
        "on": (_("日期"), wanted.on.isoformat()),
        "state": (_("状态"), states[wanted.counting]),
    }
    return {name: pair for name, pair in said.items() if pair[1]}


def _line(rules: Sequence[TermRule], row: ConductRecord, wanted: RecordFilter) -> RegisterLine:
    end = ends_by_time(rules, row)
    told = row.expires_on is not None
    return RegisterLine(
        firm=row.enterprise.name,
        credit_code=row.enterprise.credit_code or "",
        code=row.code,
        source=row.source,
        reference=row.reference,
        evidence=row.evidence,
        effective_on=row.effective_on,
        last_day=end - timedelta(days=1) if end else None,
        term_basis=_("记录写明") if told else rule_on(rules, row.code, row.effective_on).basis,
        standing=standing_of(rules, row, wanted.on),
        withdrawn_on=row.withdrawn_on,
        ended_as=row.ended_as,
        reason=row.withdrawn_reason,
        recorded_by=row.recorded_by,
    )
