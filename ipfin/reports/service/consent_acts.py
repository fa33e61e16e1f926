"""A firm gives, narrows and withdraws consents, and the institutions that they concern are told at once.

What a consent is and who may move it is decided in `consent`; this adds the notices, which the ledger knows
nothing of. One act is one notice to each institution, whatever it covers: it says what, for what and until
when, so that nobody there goes on with what was closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.accounts.queries.lists import users_of_roles
from ipfin.consent import service
from ipfin.consent.models import Consent
from ipfin.consent.purposes import FIELD_SET_LABELS, PURPOSE_LABELS
from ipfin.consent.rules import last_day
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import Text, _, listed
from ipfin.notices.service import tell
from ipfin.registry.models import Enterprise


def give_consents(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    proposals: Sequence[service.Proposal],
    *,
    read: str | None = None,
) -> list[Consent]:
    """Give what was proposed (see `consent.service.give_consents`) and tell each institution."""
    given = service.give_consents(session, actor, enterprise, proposals, read=read)
    for house, theirs in _by_house(session, given):
        body = _(
            "%(what)s，至%(day)s。请只用于所列用途；每次查看和下载都会登记并告知企业。",
            what=_what(theirs),
            day=last_day(theirs[0].until),
        )
        _tell(session, house, "given", _("%(name)s向本机构授权", name=enterprise.name), body)
    return given


def narrow_consent(session: Session, actor: Actor, consent: Consent, *, last: date, on: date) -> None:
    """Let a consent end earlier (see `consent.service.narrow_consent`) and tell the institution."""
    service.narrow_consent(session, actor, consent, last=last, on=on)
    body = _("%(what)s，改为至%(day)s为止。", what=_what([consent]), day=last_day(consent.until))
    subject = _("%(name)s缩短对本机构的授权", name=consent.enterprise.name)
    _tell(session, consent.organisation, "narrowed", subject, body)


def withdraw_consents(session: Session, actor: Actor, consents: Sequence[Consent]) -> None:
    """Withdraw consents (see `consent.service.withdraw_consents`) and tell each institution."""
    service.withdraw_consents(session, actor, consents)
    for house, theirs in _by_house(session, consents):
        body = _(
            "%(what)s，已不再显示。已经下载的，请停止使用并删除相应内容。",
            what=_what(theirs),
        )
        subject = _("%(name)s撤回对本机构的授权", name=theirs[0].enterprise.name)
        _tell(session, house, "withdrawn", subject, body)


def _by_house(session: Session, consents: Sequence[Consent]) -> list[tuple[Organisation, list[Consent]]]:
    """Return each institution with its own of the consents."""
    theirs: dict[int, list[Consent]] = {}
    for consent in consents:
        theirs.setdefault(consent.organisation_id, []).append(consent)
    return [(session.get_one(Organisation, house), each) for house, each in theirs.items()]


def _what(consents: Sequence[Consent]) -> Text:
    return listed(
        _(
            "%(set)s（%(purpose)s）",
            set=FIELD_SET_LABELS[each.field_set],
            purpose=PURPOSE_LABELS[each.purpose],
        )
        for each in consents
    )


def _tell(session: Session, house: Organisation, act: str, subject: Text, body: Text) -> None:
    people = users_of_roles(session, [Role(house.kind.value)], organisation_ids=[house.id])
    audience = "ins" if house.kind is OrganisationKind.INSURER else "bank"
    key = f"consent:{act}:{house.id}:{now_utc():%Y%m%d%H%M%S%f}"
    tell(session, people, key, subject, body, f"/{audience}/consents/")
