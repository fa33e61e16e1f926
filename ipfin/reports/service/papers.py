"""Copies about one firm: its patents, its one-page profile, its explained score. Issued by `copies`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, Permission, require
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.accounts.scopes import ScoreDetail, Thing, score_detail
from ipfin.config import Settings
from ipfin.consent.purposes import FieldSet
from ipfin.consent.queries import opened_facts, reader_for
from ipfin.corrections.items import ITEM_LABELS
from ipfin.corrections.queries import contested_of
from ipfin.documents.models import DocumentKind
from ipfin.documents.papers import enterprise_profile_job, score_sheet_job
from ipfin.documents.pdf import PdfJob
from ipfin.documents.safety import file_name
from ipfin.documents.typesetters import lent_typesetter
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.registry.models import FACT_KIND_LABELS, Enterprise, ImportBatch, Region
from ipfin.registry.queries import enterprise_by_public_id, facts_of, patents_by_year_and_kind
from ipfin.reports.declared import declared_words
from ipfin.reports.firm_export import MEDIA_TYPES, ExportFormat, ExportHead, patent_sheet
from ipfin.reports.firm_papers import FirmMatter, ScoredFirm, profile_paper, score_paper
from ipfin.reports.service.copies import Copy, Opened, copy_head, finished
from ipfin.reports.service.said_facts import SOURCE_LABELS, grouped, present_words
from ipfin.reports.service.score_evidence import evidence_of
from ipfin.screening.models import ScreeningTask
from ipfin.screening.queries import dossier_of
from ipfin.whitelist.admission import last_day
from ipfin.whitelist.models import ScoreSheet
from ipfin.whitelist.queries import (
    PatentFilter,
    all_firm_patents,
    current_admission,
    explained,
    foremost_patents,
    sheet_for,
    sheet_of_run,
)
from ipfin.whitelist.queries.gate_views import gates_of_firm
from ipfin.whitelist.service import policy_of

# What a firm declared goes into its score, so it is printed for those only who see the score whole or own it.
_READS_FACTS = frozenset({ScoreDetail.FULL, ScoreDetail.OWN_SUMMARY})


def make_patent_copy(
    session: Session,
    actor: Actor,
    public_id: str,
    wanted: PatentFilter,
    *,
    permission: Permission,
    filters: Sequence[tuple[str, str]],
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet of exactly the patents that a firm's list holds.

    Args:
        filters: what the list is narrowed to, in words.

    Raises:
        NotAllowed: the actor lacks `permission`.
        NotFound: the firm is not the actor's to see.
        Conflict: the list is empty.
    """
    firm = _visible_firm(session, actor, public_id, permission)
    lines = all_firm_patents(session, firm.id, wanted, on=on)
    if not lines:
        raise Conflict(_("筛选结果为空，没有可导出的专利。"))
    head = replace(
        copy_head(actor, _("%(firm)s专利清单", firm=firm.name), settings),
        purpose=_("本企业使用"),
        filters=filters,
        rows=len(lines),
        as_of=max(line.as_of for line in lines),
        synthetic=firm.is_synthetic,
    )
    name = file_name(firm.name, _("专利清单"), in_china(head.at), suffix=".xlsx")
    content = patent_sheet(head, lines, locale=locale)
    log = {"validity": wanted.validity, "patent_kind": wanted.kind, "burden": wanted.burden}
    return finished(head, DocumentKind.EXPORT_SHEET, name, content, f"enterprise:{firm.id}", log)


def make_profile_copy(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    permission: Permission,
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make the one-page profile of a firm.

    The office and the firm itself find its declared facts on it, an institution those opened to it.

    Raises:
        NotAllowed: the actor lacks `permission`.
        NotFound: the firm is not the actor's to see.
    """
    firm = _visible_firm(session, actor, public_id, permission)
    detail = score_detail(actor)
    admission = current_admission(session, firm.id, on)
    opened = _opened(session, actor, firm, on)
    view = explained(admission.sheet, detail, opened=opened is not None) if admission else None
    head = _head(actor, firm, _("%(firm)s知识产权概况", firm=firm.name), settings)
    facts = _facts(session, firm, detail, opened, on, locale)
    matter = replace(firm_matter(session, firm, on=on), declared=facts)
    paper = profile_paper(head, matter, view, locale=locale)
    job = enterprise_profile_job(paper, locale=locale)
    return replace(_set(head, firm, job, DocumentKind.ENTERPRISE_PROFILE), opened=opened)


def make_score_copy(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    permission: Permission,
    settings: Settings,
    on: date,
    run_id: int | None = None,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make the explained score of a firm as a paper, as far as the actor may see it.

    Args:
        run_id: the sheet of this run (for the office); otherwise the one that the actor is shown today.

    Raises:
        NotAllowed: the actor lacks `permission`.
        NotFound: the firm, or its sheet of that run, is not the actor's to see.
        Conflict: there is no score for this reader.
    """
    firm = _visible_firm(session, actor, public_id, permission)
    detail = score_detail(actor)
    if run_id is not None and detail is ScoreDetail.FULL:
        visible = enterprises_visible_to(actor, Thing.SCORE_SHEET)
        sheet: ScoreSheet | None = sheet_of_run(session, run_id, public_id, visible)
    else:
        sheet = sheet_for(session, firm.id, detail, on)
    if sheet is None:
        raise Conflict(_("%(firm)s还没有评分，不能出具评分说明。", firm=firm.name))
    head = _head(actor, firm, _("%(firm)s评分说明", firm=firm.name), settings)
    opened = _opened(session, actor, firm, on)
    view = explained(sheet, detail, opened=opened is not None, on=on)
    told = detail in _READS_FACTS
    evidence = evidence_of(session, sheet) if told else None
    gates = gates_of_firm(session, firm.id, on, policy_of(settings)) if told else None
    paper = score_paper(head, _scored(session, firm), view, evidence, gates)
    log = {"run": sheet.run_id}
    made = _set(head, firm, score_sheet_job(paper, locale=locale), DocumentKind.SCORE_SHEET, log)
    return replace(made, opened=opened)


def make_dossier_copy(
    session: Session,
    actor: Actor,
    task: ScreeningTask,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make the explained score of a reviewer's dossier as a paper: what his page shows, no more.

    Raises:
        NotAllowed: the actor may copy no dossier, or has not declared that he has no ties to the firm.
        Conflict: the run of the round has no sheet of the firm.
    """
    require(actor, P.AGENCY_SCREENING_EXPORT)
    dossier = dossier_of(session, actor, task)
    if dossier.view is None:
        raise Conflict(_("%(firm)s还没有评分，不能出具评分说明。", firm=dossier.name))
    title = _("%(firm)s评分说明", firm=dossier.name)
    head = replace(
        copy_head(actor, title, settings),
        purpose=_("白名单第%(number)s批评审", number=task.screening.round.number),
        rows=1,
        as_of=dossier.view.model.data_as_of,
        synthetic=dossier.is_synthetic,
    )
    firm = ScoredFirm(dossier.name, dossier.credit_code, dossier.locality, "", None)
    job = score_sheet_job(score_paper(head, firm, dossier.view), locale=locale)
    return _as_pdf(head, job, DocumentKind.SCORE_SHEET, f"enterprise:{task.enterprise_id}", {"task": task.id})


def _opened(session: Session, actor: Actor, firm: Enterprise, on: date) -> Opened | None:
    """Return what the firm opened to the actor's institution, None where it did not or need not."""
    reader = reader_for(session, actor, firm.id, on=on)
    if reader.purpose is None or not reader.may_read(FieldSet.DECLARED):
        return None
    return Opened(reader.purpose, frozenset({firm.id}))


def _facts(
    session: Session, firm: Enterprise, detail: ScoreDetail, opened: Opened | None, on: date, locale: str
) -> list[tuple[Text, Text | str, Text, date]]:
    """Return the facts that this reader finds on the paper: all, what the firm opened to him, or none."""
    if detail in _READS_FACTS:
        said = present_words(grouped(facts_of(session, firm.id)))
        return [(label, fact.value, fact.source, fact.as_of) for label, fact in said]
    if opened is None:
        return []
    known = opened_facts(session, opened.enterprise_ids, on=on).get(firm.id, {})
    return [
        (
            FACT_KIND_LABELS[kind],
            declared_words(kind.value, fact.number, fact.word, locale),
            SOURCE_LABELS[fact.source],
            fact.as_of,
        )
        for kind, fact in known.items()
    ]


def firm_matter(session: Session, firm: Enterprise, *, on: date) -> FirmMatter:
    """Gather what a paper about `firm` says."""
    region = session.get(Region, firm.region_code) if firm.region_code else None
    batch = session.get(ImportBatch, firm.first_batch_id) if firm.first_batch_id else None
    admission = current_admission(session, firm.id, on)
    return FirmMatter(
        name=firm.name,
        credit_code=firm.credit_code or "",
        region=region.name if region else firm.locality,
        address=firm.address,
        industry_code=firm.industry_code,
        established_on=firm.established_on,
        as_of=firm.as_of,
        source=batch.source if batch else "",
        valid=firm.valid_count,
        inventions=firm.valid_invention_count,
        utility_models=firm.valid_utility_count,
        designs=firm.valid_design_count,
        pledged=firm.pledged_count,
        pending=firm.pending_count,
        last_day=last_day(admission.valid_until) if admission else None,
        patents=foremost_patents(session, firm.id, on=on),
        patents_total=firm.patent_count,
        by_year=patents_by_year_and_kind(session, firm.id),
        disputed=[ITEM_LABELS[item] for item in sorted(contested_of(session, firm.id).items)],
    )


def _scored(session: Session, firm: Enterprise) -> ScoredFirm:
    region = session.get(Region, firm.region_code) if firm.region_code else None
    batch = session.get(ImportBatch, firm.first_batch_id) if firm.first_batch_id else None
    return ScoredFirm(
        name=firm.name,
        credit_code=firm.credit_code or "",
        region=region.name if region else firm.locality,
        source=batch.source if batch else "",
        as_of=firm.as_of,
        disputed=[ITEM_LABELS[item] for item in sorted(contested_of(session, firm.id).items)],
    )


def _visible_firm(session: Session, actor: Actor, public_id: str, permission: Permission) -> Enterprise:
    require(actor, permission)
    return enterprise_by_public_id(session, enterprises_visible_to(actor), public_id)


def _head(actor: Actor, firm: Enterprise, title: Text, settings: Settings) -> ExportHead:
    return replace(
        copy_head(actor, title, settings),
        purpose=_("了解企业知识产权情况"),
        rows=1,
        as_of=firm.as_of,
        synthetic=firm.is_synthetic,
    )


def _set(
    head: ExportHead, firm: Enterprise, job: PdfJob, kind: DocumentKind, log: Mapping[str, Any] | None = None
) -> Copy:
    return _as_pdf(head, job, kind, f"enterprise:{firm.id}", log or {})


def _as_pdf(head: ExportHead, job: PdfJob, kind: DocumentKind, subject: str, log: Mapping[str, Any]) -> Copy:
    with lent_typesetter() as typesetter:
        content = typesetter.render(job).content
    name = file_name(head.title, head.organisation, in_china(head.at), suffix=".pdf")
    media_type = MEDIA_TYPES[ExportFormat.PDF]
    return finished(head, kind, name, content, subject, log, media_type=media_type)
