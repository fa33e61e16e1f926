"""Giving, narrowing and withdrawing consents, and noting who used them. Callers own the transaction.

Only people of the firm itself give, narrow or withdraw (not the office, not an institution). Giving again
what stands replaces it: the firm agreed to new words and a new day, and the old consent is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import insert_rows
from ipfin.consent.models import Consent, ConsentAct, ConsentRecipient, ConsentUse, UseKind
from ipfin.consent.purposes import FIELD_SET_LABELS, PURPOSE_LABELS, PURPOSES_OF, FieldSet, Purpose
from ipfin.consent.queries import RecipientLine, recipient_lines
from ipfin.consent.rules import (
    STANDING,
    WORDING,
    Recipient,
    Terms,
    digest,
    last_day,
    new_terms,
    statement,
)
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict, NotAllowed
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Enterprise

LONGEST_CONTACT = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a firm is about to agree to, one of a recipient, purpose and set; `said` is what it is told."""

    recipient: RecipientLine
    purpose: Purpose
    field_set: FieldSet
    terms: Terms
    said: tuple[Text, ...]

    @property
    def mark(self) -> str:
        """The digest of what is told."""
        return digest([sentence.as_json() for sentence in self.said])


def propose(
    session: Session,
    enterprise: Enterprise,
    *,
    recipient_ids: Collection[int],
    purpose: Purpose,
    field_sets: Collection[FieldSet],
    last: date,
    on: date,
) -> list[Proposal]:
    """Return what the firm would agree to, for it to read first.

    Raises:
        BadInput: no recipient, no set, a recipient that is not there, told no contact or cannot be given
            the purpose, or a day that is too early or too far off.
    """
    if not field_sets:
        raise BadInput(_("请选择要授权的内容。"), field="field_sets")
    if not recipient_ids:
        raise BadInput(_("请选择接收方。"), field="recipients")
    terms, found = new_terms(on, last), recipient_lines(session, recipient_ids)
    if len(found) != len(set(recipient_ids)):
        raise BadInput(_("所选机构已停用或不在名单中，请重新选择。"), field="recipients")
    return [
        _proposal(enterprise, line, purpose, field_set, terms)
        for line in found
        for field_set in sorted(set(field_sets))
    ]


def _proposal(
    enterprise: Enterprise, line: RecipientLine, purpose: Purpose, field_set: FieldSet, terms: Terms
) -> Proposal:
    role = Role(line.organisation.kind.value)
    if purpose not in PURPOSES_OF[role]:
        raise BadInput(
            _(
                "%(name)s不能以“%(purpose)s”为用途接收数据，请改选用途或接收方。",
                name=line.organisation.name,
                purpose=PURPOSE_LABELS[purpose],
            ),
            field="purpose",
        )
    who = Recipient(line.organisation.name, line.contact)
    said = statement(enterprise.name, who, purpose, field_set, terms)
    return Proposal(line, purpose, field_set, terms, tuple(said))


def marks(proposals: Sequence[Proposal]) -> str:
    """Return one mark of several proposals: what the firm read is what is kept, or nothing is."""
    return digest([{"mark": proposal.mark} for proposal in proposals])


def give_consents(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    proposals: Sequence[Proposal],
    *,
    read: str | None = None,
) -> list[Consent]:
    """Give what was proposed, each as a consent of its own.

    Args:
        read: the mark of what the firm read (`marks`); None where the caller proposed it just now.

    Raises:
        NotAllowed: the actor does not belong to the firm.
        Conflict: what would be kept is not what the firm read.
    """
    _require_own(actor, enterprise.id)
    if read is not None and read != marks(proposals):
        raise Conflict(_("授权内容在您确认期间发生变化，请重新阅读后确认。"))
    return [_give(session, actor, enterprise, proposal) for proposal in proposals]


def _give(session: Session, actor: Actor, enterprise: Enterprise, proposal: Proposal) -> Consent:
    organisation = proposal.recipient.organisation
    for old in session.scalars(
        select(Consent)
        .where(
            Consent.enterprise_id == enterprise.id,
            Consent.organisation_id == organisation.id,
            Consent.purpose == proposal.purpose,
            Consent.field_set == proposal.field_set,
            Consent.state.in_(sorted(STANDING)),
        )
        .with_for_update()
    ):
        _move(session, actor, old, old.terms.replaced())
    said = [sentence.as_json() for sentence in proposal.said]
    given = Consent(
        public_id=new_public_id(),
        enterprise_id=enterprise.id,
        organisation_id=organisation.id,
        recipient_name=organisation.name,
        purpose=proposal.purpose,
        field_set=proposal.field_set,
        starts_on=proposal.terms.starts_on,
        until=proposal.terms.until,
        state=proposal.terms.state,
        statement=said,
        statement_sha256=digest(said),
        wording=WORDING,
        given_by_user_id=actor.user_id,
        given_by=actor.name,
        given_at=now_utc(),
    )
    session.add(given)
    session.flush()
    _note_act(session, actor, given, None)
    _record(session, actor, "consent.given", given, enterprise, last=last_day(given.until))
    return given


def narrow_consent(session: Session, actor: Actor, consent: Consent, *, last: date, on: date) -> None:
    """Let a consent end earlier, after the day `last`.

    Raises:
        NotAllowed: the actor does not belong to the firm.
        InvalidTransition: it was withdrawn or replaced before.
        BadInput: it would not end earlier, or would end before today is over.
    """
    _require_own(actor, consent.enterprise_id)
    consent = _locked(session, consent)
    _move(session, actor, consent, consent.terms.narrowed(last + timedelta(days=1), on=on))
    _record(session, actor, "consent.narrowed", consent, consent.enterprise, last=last_day(consent.until))


def withdraw_consents(session: Session, actor: Actor, consents: Sequence[Consent]) -> None:
    """Withdraw consents: from the next request on, nothing of them is shown.

    Raises:
        NotAllowed: the actor does not belong to the firm.
        InvalidTransition: one was withdrawn or replaced before.
    """
    for each in consents:
        _require_own(actor, each.enterprise_id)
    for each in consents:
        consent = _locked(session, each)
        _move(session, actor, consent, consent.terms.withdrawn())
        _record(session, actor, "consent.withdrawn", consent, consent.enterprise)


def set_contact(session: Session, actor: Actor, contact: str) -> None:
    """Say where the actor's institution is reached about personal data; firms are told it beforehand.

    Consents that were given keep the contact that the firm was told.

    Raises:
        BadInput: empty, or longer than it may be.
        NotAllowed: the actor's organisation receives no data.
    """
    said = " ".join(contact.split())
    if actor.organisation_id is None or actor.role not in PURPOSES_OF:
        raise NotAllowed(_("您的机构不是授权接收方，不需要登记。"))
    if not said or len(said) > LONGEST_CONTACT:
        raise BadInput(
            _("请填写联系方式，最长%(most)s个字，例如部门、电话、邮箱。", most=LONGEST_CONTACT),
            field="contact",
        )
    row = session.get(ConsentRecipient, actor.organisation_id, with_for_update=True)
    if row is None:
        row = ConsentRecipient(organisation_id=actor.organisation_id)
        session.add(row)
    row.contact, row.updated_by, row.updated_at = said, actor.name, now_utc()
    session.flush()
    record(
        session,
        actor,
        "consent.contact.set",
        f"organisation:{actor.organisation_id}",
        name=actor.organisation_name,
        contact=said,
    )


# --- Uses --------------------------------------------------------------------------------------------


def note_uses(
    session: Session,
    actor: Actor,
    enterprise_sets: Iterable[tuple[int, Collection[FieldSet]]],
    *,
    kind: UseKind,
    purpose: Purpose,
    what: str = "",
    code: str = "",
) -> None:
    """Note that the actor's institution saw or took consented data: one row for each firm.

    Whoever shows or hands out consented data calls this in the same transaction, and shows nothing where
    it cannot be noted.

    Args:
        enterprise_sets: firm, and what of it was shown.
        what: the title of the copy, empty for a page; `code` its verification code.
    """
    now = now_utc()
    insert_rows(
        session,
        ConsentUse,
        (
            "enterprise_id", "organisation_id", "organisation_name", "user_id", "person", "kind", "purpose",
            "field_sets", "what", "code", "at",
        ),
        [
            (
                enterprise_id, actor.organisation_id, actor.organisation_name, actor.user_id, actor.name,
                kind, purpose, " ".join(sorted(sets)), what[:300], code, now,
            )
            for enterprise_id, sets in enterprise_sets
            if sets
        ],
    )  # fmt: skip


# --- Within ------------------------------------------------------------------------------------------


def _require_own(actor: Actor, enterprise_id: int) -> None:
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id != enterprise_id:
        raise NotAllowed(_("授权只能由企业自己的账号办理。"))


def _locked(session: Session, consent: Consent) -> Consent:
    wanted = select(Consent).where(Consent.id == consent.id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _move(session: Session, actor: Actor, consent: Consent, terms: Terms) -> None:
    before = consent.until
    consent.state, consent.until = terms.state, terms.until
    if terms.state not in STANDING:
        consent.ended_at = now_utc()
    session.flush()
    _note_act(session, actor, consent, before)


def _note_act(session: Session, actor: Actor, consent: Consent, before: date | None) -> None:
    session.add(
        ConsentAct(
            consent_id=consent.id,
            state=consent.state,
            until_before=before,
            until_after=consent.until,
            by_user_id=actor.user_id,
            by=actor.name,
            at=now_utc(),
        )
    )
    session.flush()


def _record(
    session: Session, actor: Actor, action: str, consent: Consent, enterprise: Enterprise, **more: str
) -> None:
    record(
        session,
        actor,
        action,
        f"enterprise:{enterprise.id}",
        name=enterprise.name,
        recipient=consent.recipient_name,
        purpose=PURPOSE_LABELS[consent.purpose],
        set=FIELD_SET_LABELS[consent.field_set],
        consent=consent.public_id,
        sha256=consent.statement_sha256,
        **more,
    )
