"""Papers about consents: the firm's own authorisation (授权书) and a copy of the ledger (授权台账)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from ipfin.accounts.policy import Permission, require
from ipfin.config import Settings
from ipfin.consent.models import Consent
from ipfin.consent.purposes import FIELD_SET_LABELS, PURPOSE_LABELS
from ipfin.consent.queries import ConsentFilter, acts_of, consents_visible_to, ledger_page
from ipfin.consent.rules import CONSENT_STATE_LABELS, STANDING_LABELS, Standing, last_day, statement_kept
from ipfin.documents.models import DocumentKind
from ipfin.documents.papers import authorisation_job
from ipfin.documents.safety import file_name
from ipfin.documents.sheet import Column, Kind
from ipfin.documents.typesetters import lent_typesetter
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate
from ipfin.reports.firm_export import MEDIA_TYPES, ExportFormat, copied_sheet
from ipfin.reports.service.copies import Copy, copy_head, finished

MOST_EXPORTED = 50_000
_READ_AT_ONCE = 200


def make_authorisation(
    session: Session,
    actor: Actor,
    consent: Consent,
    *,
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make the paper of a consent in force, in the words that the firm agreed to.

    Raises:
        Conflict: the consent is not in force; a paper would say something that holds no more.
    """
    if consent.standing(on) is not Standing.IN_FORCE:
        raise Conflict(_("这项授权已不在有效期内，不能出具授权书。"))
    firm = consent.enterprise
    title = _("%(firm)s数据授权书", firm=firm.name)
    head = replace(
        copy_head(actor, title, settings),
        purpose=PURPOSE_LABELS[consent.purpose],
        rows=1,
        synthetic=firm.is_synthetic,
    )
    narrowed = [] if consent.until == _until_said(session, consent) else [_narrowed(consent)]
    paper = {
        "title": _("数据授权书"),
        "firm": firm.name,
        "recipient": consent.recipient_name,
        "opening": _("本企业（经办人：%(person)s）已阅读并单独同意下列事项。", person=consent.given_by),
        "said": [*statement_kept(consent.statement), *narrowed],
        "on": in_china(consent.given_at).date(),
        "digest": consent.statement_sha256,
        "verification": head.verification,
        "synthetic": firm.is_synthetic,
    }
    with lent_typesetter() as typesetter:
        content = typesetter.render(authorisation_job(paper, locale=locale)).content
    name = file_name(firm.name, _("数据授权书"), consent.recipient_name, suffix=".pdf")
    return finished(
        head,
        DocumentKind.AUTHORISATION,
        name,
        content,
        f"enterprise:{firm.id}",
        {"consent": consent.public_id},
        media_type=MEDIA_TYPES[ExportFormat.PDF],
    )


def _until_said(session: Session, consent: Consent) -> date:
    """Return the end that the firm agreed to first."""
    return acts_of(session, [consent.id])[consent.id][0].until_after


def _narrowed(consent: Consent) -> Text:
    return _("本企业此后将期限缩短至%(day)s。", day=last_day(consent.until))


LEDGER_COLUMNS = (
    Column(_("企业"), Kind.TEXT, 34),
    Column(_("接收方"), Kind.TEXT, 30),
    Column(_("用途"), Kind.TEXT, 12),
    Column(_("内容"), Kind.TEXT, 20),
    Column(_("起始日"), Kind.TEXT, 12),
    Column(_("截止日"), Kind.TEXT, 12),
    Column(_("当前效力"), Kind.TEXT, 14),
    Column(_("授权人"), Kind.TEXT, 14),
    Column(_("授权时间"), Kind.TEXT, 18),
    Column(_("变更记录"), Kind.TEXT, 40),
    Column(_("文本摘要（SHA-256）"), Kind.TEXT, 40),
)


def make_ledger_copy(
    session: Session,
    actor: Actor,
    wanted: ConsentFilter,
    *,
    permission: Permission,
    filters: Sequence[tuple[str, str]],
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet of exactly the consents that the ledger's page lists.

    Raises:
        NotAllowed: the actor lacks `permission`.
        Conflict: the list is empty, or longer than a sheet may be.
    """
    require(actor, permission)
    rows = list(_ledger(session, actor, wanted, on))
    if not rows:
        raise Conflict(_("筛选结果为空，没有可导出的授权。"))
    if len(rows) > MOST_EXPORTED:
        raise Conflict(_("超过%(most)s项，请缩小筛选范围后分次导出。", most=f"{MOST_EXPORTED:,}"))
    head = replace(
        copy_head(actor, _("企业授权台账"), settings),
        purpose=_("监督检查"),
        filters=filters,
        rows=len(rows),
        as_of=on,
        synthetic=any(row.enterprise.is_synthetic for row in rows),
    )
    acts = acts_of(session, [row.id for row in rows])
    lines = (
        [
            row.enterprise.name,
            row.recipient_name,
            PURPOSE_LABELS[row.purpose],
            FIELD_SET_LABELS[row.field_set],
            row.starts_on.isoformat(),
            last_day(row.until),
            STANDING_LABELS[row.standing(on)],
            row.given_by,
            f"{in_china(row.given_at):%Y-%m-%d %H:%M}",
            "；".join(
                f"{in_china(act.at):%Y-%m-%d %H:%M} {translate(CONSENT_STATE_LABELS[act.state], locale)}"
                for act in acts.get(row.id, ())
            ),
            row.statement_sha256,
        ]
        for row in rows
    )
    content = copied_sheet(head, LEDGER_COLUMNS, lines, (), locale)
    name = file_name(settings.city_name, head.title, in_china(head.at), suffix=".xlsx")
    log = {"standing": wanted.standing, "recipient": wanted.organisation_id, "q": wanted.query}
    return finished(head, DocumentKind.EXPORT_SHEET, name, content, "consents", log)


def _ledger(session: Session, actor: Actor, wanted: ConsentFilter, on: date) -> Iterator[Consent]:
    """Yield the ledger, the latest first, one row more than a sheet may hold."""
    cursor, read, visible = None, 0, consents_visible_to(actor)
    while True:
        page = ledger_page(session, visible, wanted, on=on, cursor=cursor, size=_READ_AT_ONCE)
        yield from page.items
        cursor, read = page.next_cursor, read + len(page.items)
        if cursor is None or read > MOST_EXPORTED:
            return
