"""Copies that leave the house on somebody's wish, and the copy of a filtered list of firms.

Making a copy takes seconds and writes nothing; issuing it is one short transaction with the document and
the log. The rows of a copy come from the very query of the page, under the same condition of what the
actor may see.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.accounts.policy import Permission, require
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.consent.models import UseKind
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.consent.queries import consented_ids, opened_facts
from ipfin.consent.service import note_uses
from ipfin.corrections.items import ITEM_LABELS
from ipfin.corrections.queries import Contested, contested
from ipfin.documents.letter import Verification
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.safety import file_name
from ipfin.documents.service import issue_document, new_verify_code
from ipfin.jobs.models import Job
from ipfin.jobs.service import enqueue
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.notices.service import tell
from ipfin.registry.holdings import HOLDING_LABELS
from ipfin.registry.models import EnterpriseFact, FactKind, Region
from ipfin.registry.queries import EnterpriseFilter
from ipfin.reports.declared import consented_purpose, declared_words
from ipfin.reports.firm_export import (
    MEDIA_TYPES,
    PURPOSE_LABELS,
    ROWS_AT_ONCE,
    ExportFormat,
    ExportHead,
    ExportPurpose,
    FirmLine,
    firm_listing,
    firm_sheet,
)
from ipfin.whitelist.admission import last_day
from ipfin.whitelist.queries import FIRM_ORDERS, FirmFilter, ListedFirm, all_firms, firms_count

JOB_KIND = "documents.export"
LIST_TITLES: Mapping[str, Text] = {
    "whitelist": _("白名单企业筛选结果"),
    "directory": _("授权专利企业筛选结果"),
    "registry": _("企业清单筛选结果"),
}


@dataclass(frozen=True, slots=True)
class FirmExport:
    """What somebody asked for: the list as its page showed it, the kind of file, the purpose."""

    wanted: FirmFilter
    order: str
    format: ExportFormat
    purpose: ExportPurpose

    def as_arguments(self) -> dict[str, Any]:
        """Return it as plain values, for a job and for the log."""
        firms = self.wanted.firms
        return {
            "q": firms.query,
            "region": firms.region,
            "holding": firms.holding,
            "tag": firms.tag,
            "tier": self.wanted.tier,
            "grade": self.wanted.grade,
            "order": self.order,
            "format": self.format.value,
            "purpose": self.purpose.value,
        }

    @classmethod
    def from_arguments(cls, said: Mapping[str, Any]) -> Self:
        """Return what `as_arguments` wrote down."""
        firms = EnterpriseFilter(said["q"], said["region"], said["holding"], said.get("tag", ""))
        order = said["order"] if said["order"] in FIRM_ORDERS else "score"
        return cls(
            FirmFilter(firms, said["tier"], said["grade"]),
            order,
            ExportFormat(said["format"]),
            ExportPurpose(said["purpose"]),
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """The firms whose declared figures stand on a copy, and the purpose for which they opened them."""

    purpose: Purpose
    enterprise_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished copy that is not issued yet; `log` is what the audit entry keeps beside name and rows.

    `opened` is set where figures stand on it that firms opened: each use is noted when it is issued.
    """

    kind: DocumentKind
    title: str
    filename: str
    media_type: str
    content: bytes
    verify_code: str
    subject: str
    purpose: str
    rows: int
    is_synthetic: bool
    log: Mapping[str, Any]
    opened: Opened | None = None


# --- The filtered list -------------------------------------------------------------------------------


def export_count(session: Session, actor: Actor, wanted: FirmFilter, *, on: date) -> int:
    """Return how many rows a copy of the list would hold."""
    return firms_count(session, enterprises_visible_to(actor), wanted, on=on)


def is_for_the_background(session: Session, actor: Actor, asked: FirmExport, *, on: date) -> bool:
    """Whether a copy has so many rows that a page must not wait for it."""
    return export_count(session, actor, asked.wanted, on=on) > ROWS_AT_ONCE


def make_firm_copy(
    session: Session,
    actor: Actor,
    asked: FirmExport,
    *,
    permission: Permission,
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a copy of exactly the firms that the list of `asked` holds for `actor`.

    Raises:
        NotAllowed: the actor lacks `permission`.
        Conflict: the list is empty.
    """
    require(actor, permission)
    listed = all_firms(session, enterprises_visible_to(actor), asked.wanted, on=on, order=asked.order)
    if not listed:
        raise Conflict(_("筛选结果为空，没有可导出的企业。"))
    opened = _opened(session, actor, asked, [row.enterprise.id for row in listed], on)
    facts = opened_facts(session, opened.enterprise_ids, on=on) if opened else {}
    disputed = contested(session, [row.enterprise.id for row in listed])
    lines = [
        replace(
            _firm_line(row, _declared(row, facts, opened, locale)),
            disputed=_disputed(disputed.get(row.enterprise.id)),
        )
        for row in listed
    ]
    title = LIST_TITLES[asked.wanted.tier]
    head = replace(
        copy_head(actor, title, settings),
        purpose=PURPOSE_LABELS[asked.purpose],
        filters=list(filters_in_words(session, asked.wanted).values()),
        rows=len(lines),
        as_of=max((line.as_of for line in lines if line.as_of), default=None),
        synthetic=any(row.enterprise.is_synthetic for row in listed),
    )
    if asked.format is ExportFormat.XLSX:
        kind = DocumentKind.EXPORT_SHEET
        content = firm_sheet(head, lines, with_declared=opened is not None, locale=locale)
    else:
        kind = DocumentKind.EXPORT_LISTING
        content = firm_listing(head, lines, font_cache=settings.font_cache_dir, locale=locale)
    suffix = f".{asked.format.value}"
    name = file_name(settings.city_name, title, actor.organisation_name, in_china(head.at), suffix=suffix)
    media_type = MEDIA_TYPES[asked.format]
    log = asked.as_arguments()
    return replace(finished(head, kind, name, content, "firms", log, media_type=media_type), opened=opened)


def _opened(
    session: Session, actor: Actor, asked: FirmExport, ids: Collection[int], on: date
) -> Opened | None:
    """Return whose declared figures a copy may hold: on sheets, for a purpose that firms agreed to."""
    purpose = consented_purpose(actor.role, asked.purpose)
    if purpose is None or asked.format is not ExportFormat.XLSX:
        return None
    found = consented_ids(
        session,
        ids,
        organisation_id=actor.organisation_id,
        purpose=purpose,
        field_set=FieldSet.DECLARED,
        on=on,
    )
    return Opened(purpose, found) if found else None


def _disputed(found: Contested | None) -> list[Text]:
    return [ITEM_LABELS[item] for item in sorted(found.items)] if found else []


def _declared(
    row: ListedFirm,
    facts: Mapping[int, Mapping[FactKind, EnterpriseFact]],
    opened: Opened | None,
    locale: str,
) -> Mapping[str, str] | None:
    firm_id = row.enterprise.id
    if opened is None or firm_id not in opened.enterprise_ids:
        return None
    known = facts.get(firm_id, {})
    return {
        kind.value: declared_words(kind.value, fact.number, fact.word, locale) for kind, fact in known.items()
    }


def _firm_line(row: ListedFirm, declared: Mapping[str, str] | None) -> FirmLine:
    firm, admission = row.enterprise, row.admission
    return FirmLine(
        name=firm.name,
        credit_code=firm.credit_code or "",
        region=row.region_name or firm.locality,
        industry_code=firm.industry_code,
        valid=firm.valid_count,
        inventions=firm.valid_invention_count,
        utility_models=firm.valid_utility_count,
        designs=firm.valid_design_count,
        pledged=firm.pledged_count,
        grade=admission.grade.value if admission else "",
        score_e4=admission.graded_e4 if admission else None,
        last_day=last_day(admission.valid_until) if admission else None,
        as_of=firm.as_of,
        declared=declared,
    )


def filters_in_words(session: Session, wanted: FirmFilter) -> dict[str, tuple[Text, str]]:
    """Return, for everything that the list is narrowed to, its word in the address: label and value."""
    region = session.get(Region, wanted.firms.region) if wanted.firms.region else None
    said: dict[str, tuple[Text, str]] = {
        "q": (_("搜索"), wanted.firms.query),
        "region": (_("区县"), region.name if region else wanted.firms.region),
        "holding": (_("持有情况"), HOLDING_LABELS.get(wanted.firms.holding, "")),
        "tag": (_("标签"), wanted.firms.tag),
        "grade": (_("等级"), wanted.grade),
    }
    return {name: pair for name, pair in said.items() if pair[1]}


def queue_firm_copy(
    session: Session, actor: Actor, asked: FirmExport, *, permission: Permission, locale: str
) -> Job:
    """Ask for a copy to be made in the background; its link comes as a notice.

    Raises:
        NotAllowed: the actor lacks `permission`.
    """
    require(actor, permission)
    key = f"export:{actor.user_id}:{secrets.token_hex(8)}"
    arguments = {**asked.as_arguments(), "permission": permission.name, "locale": locale}
    return enqueue(session, actor, JOB_KIND, key, **arguments)


def tell_copy_is_ready(session: Session, actor: Actor, document: Document) -> None:
    """Tell the person who asked that the copy can be taken."""
    user = session.scalar(select(User).where(User.id == actor.user_id))
    if user is not None:
        tell(
            session,
            [user],
            event_key=f"document:{document.id}:ready",
            subject=_("导出已完成：%(title)s", title=document.title),
            body=_(
                "共%(rows)s行，请下载。文件名：%(name)s。", rows=document.row_count, name=document.filename
            ),
            link=f"/files/{document.verify_code}",
        )


# --- Issuing -----------------------------------------------------------------------------------------


def issue_copy(session: Session, actor: Actor, copy: Copy, *, settings: Settings) -> Document:
    """Issue a finished copy to the actor's organisation: document and log, or neither."""
    document = issue_document(
        session,
        actor,
        kind=copy.kind,
        title=copy.title,
        filename=copy.filename,
        content=copy.content,
        media_type=copy.media_type,
        subject=copy.subject,
        organisation_id=actor.organisation_id,
        issued_to=actor.organisation_name,
        purpose=copy.purpose,
        row_count=copy.rows,
        is_synthetic=copy.is_synthetic,
        verify_code=copy.verify_code,
        directory=settings.issued_dir,
    )
    record(
        session,
        actor,
        "exports.made",
        copy.subject,
        name=copy.title,
        rows=copy.rows,
        used_for=copy.purpose,
        code=copy.verify_code,
        **copy.log,
    )
    if copy.opened is not None:
        note_uses(
            session,
            actor,
            [(firm_id, {FieldSet.DECLARED}) for firm_id in sorted(copy.opened.enterprise_ids)],
            kind=UseKind.DOWNLOAD,
            purpose=copy.opened.purpose,
            what=copy.title,
            code=copy.verify_code,
        )
    return document


def copy_head(actor: Actor, title: Text, settings: Settings) -> ExportHead:
    """Return the head of a copy for `actor`, made now, with a code of its own."""
    code = new_verify_code()
    return ExportHead(
        title=title,
        organ=settings.office_name,
        organisation=actor.organisation_name,
        person=actor.name,
        at=now_utc(),
        purpose=_("未说明"),
        filters=(),
        rows=0,
        as_of=None,
        verification=Verification(code, f"{settings.public_url}/verify/{code}"),
    )


def finished(
    head: ExportHead,
    kind: DocumentKind,
    filename: str,
    content: bytes,
    subject: str,
    log: Mapping[str, Any],
    *,
    media_type: str = MEDIA_TYPES[ExportFormat.XLSX],
) -> Copy:
    """Return a finished copy that says what its head says."""
    return Copy(
        kind=kind,
        title=str(head.title),
        filename=filename,
        media_type=media_type,
        content=content,
        verify_code=head.verification.code,
        subject=subject,
        purpose=str(head.purpose),
        rows=head.rows,
        is_synthetic=head.synthetic,
        log=log,
    )
