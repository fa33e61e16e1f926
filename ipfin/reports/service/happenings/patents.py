"""What lists told of a firm's patents: imports, grants, ends of term, changes of status and burdens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select, union_all

from ipfin.kernel.text import Text, _
from ipfin.registry.lifecycle import BatchState, RowOutcome
from ipfin.registry.models import ImportBatch, ImportRow, Patent
from ipfin.registry.queries import held_by
from ipfin.registry.statuses import FLAG_LABELS, LEGAL_STATUS_LABELS, Flag, LegalStatus, Validity
from ipfin.reports.service.happenings.reaching import Whose, latest, on_day, quoted, within
from ipfin.reports.timeline import Happening, Kind, Reach, beginning_of


def imports(of: Whose, reach: Reach) -> list[Happening]:
    """Return the lists that brought patents of the firm or changed them."""
    held = held_by(of.id)
    brought = select(Patent.first_batch_id.label("batch_id"), literal(1).label("new")).where(
        Patent.id.in_(held)
    )
    changed = select(ImportRow.batch_id, literal(0)).where(
        ImportRow.patent_id.in_(held), ImportRow.outcome == RowOutcome.CHANGED
    )
    told = union_all(brought, changed).subquery()
    at, row_id, who = ImportBatch.committed_at, ImportBatch.id, ImportBatch.uploaded_by
    statement = (
        select(row_id, at, ImportBatch.filename, who, func.sum(told.c.new), func.count())
        .join(told, told.c.batch_id == row_id)
        .where(ImportBatch.state == BatchState.COMMITTED, within(reach, at, row_id))
        .group_by(row_id, at, ImportBatch.filename, who)
    )
    rows = of.session.execute(latest(statement, at, row_id, reach))
    return [
        Happening(when, batch_id, Kind.IMPORT, _import(file, int(new), patents - int(new)), by)
        for batch_id, when, file, by, new, patents in rows
    ]


def _import(file: str, new: int, changed: int) -> Text:
    return _("名单%(file)s：本企业新增%(new)s件，变更%(changed)s件专利", file=file, new=new, changed=changed)


def grants(of: Whose, reach: Reach) -> list[Happening]:
    """Return the days on which patents were granted."""
    return _by_day(
        of,
        reach,
        Patent.granted_on,
        Patent.was_granted.is_(True),
        lambda title: _("专利“%(title)s”获得授权", title=title),
        lambda count: _("%(count)s件专利获得授权", count=count),
    )


def ends(of: Whose, reach: Reach) -> list[Happening]:
    """Return the days from which patents are out of their term; one that lapsed before has no such day."""
    ran_out = or_(Patent.validity == Validity.VALID, Patent.legal_status == LegalStatus.EXPIRED)
    return _by_day(
        of,
        reach,
        Patent.expires_on,
        ran_out,
        lambda title: _("专利“%(title)s”保护期已满，自本日起失效", title=title),
        lambda count: _("%(count)s件专利保护期已满，自本日起失效", count=count),
    )


def _by_day(
    of: Whose,
    reach: Reach,
    day: Any,
    where: ColumnElement[bool],
    one: Callable[[str], Text],
    several: Callable[[int], Text],
) -> list[Happening]:
    first = func.min(Patent.id)
    statement = (
        select(day, first, func.count(), func.min(Patent.title))
        .where(Patent.id.in_(held_by(of.id)), where, day.is_not(None), on_day(reach, day))
        .group_by(day)
    )
    return [
        Happening(
            beginning_of(on),
            patent_id,
            Kind.PATENT,
            one(quoted(title)) if patents == 1 else several(patents),
            is_day=True,
        )
        for on, patent_id, patents, title in of.session.execute(latest(statement, day, first, reach))
    ]


def changes(of: Whose, reach: Reach) -> list[Happening]:
    """Return what lists told newly of a patent's status and burdens, on the day that the list speaks of."""
    at, row_id = ImportBatch.as_of, ImportRow.id
    told = or_(*(ImportRow.after[name].as_string().is_not(None) for name in ("legal_status", "flags")))
    statement = (
        select(row_id, at, Patent.title, ImportRow.before, ImportRow.after)
        .join(ImportBatch, ImportBatch.id == ImportRow.batch_id)
        .join(Patent, Patent.id == ImportRow.patent_id)
        .where(ImportRow.patent_id.in_(held_by(of.id)), ImportRow.outcome == RowOutcome.CHANGED)
        .where(ImportBatch.state == BatchState.COMMITTED, told, on_day(reach, at, row_id))
    )
    rows = of.session.execute(latest(statement, at, row_id, reach))
    return [
        Happening(
            beginning_of(on), number, Kind.PATENT, _change(quoted(title), before or {}, after), is_day=True
        )
        for number, on, title, before, after in rows
    ]


def _change(title: str, before: dict[str, Any], after: dict[str, Any]) -> Text:
    old, new = before.get("legal_status"), after.get("legal_status")
    if new is not None and new != old:
        return _(
            "名单显示专利“%(title)s”由“%(old)s”变为“%(new)s”",
            title=title,
            old=LEGAL_STATUS_LABELS[LegalStatus(old)] if old else "—",
            new=LEGAL_STATUS_LABELS[LegalStatus(new)],
        )
    had, has = set(str(before.get("flags") or "").split()), set(str(after.get("flags") or "").split())
    for flag in sorted(has - had):
        return _("名单显示专利“%(title)s”出现“%(flag)s”", title=title, flag=FLAG_LABELS[Flag(flag)])
    for flag in sorted(had - has):
        return _("名单不再显示专利“%(title)s”的“%(flag)s”", title=title, flag=FLAG_LABELS[Flag(flag)])
    return _("名单更新了专利“%(title)s”的状态", title=title)
