"""Use cases of the scorecard: found it with the installation, draft another, put it in force by two persons.

Decides what stands against each step. A version is written when it is approved and never changes; what is
approved is what was submitted, to the digest.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition, NotAllowed
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.whitelist.activation import (
    DRAFT_LABELS,
    DRAFT_LIFECYCLE,
    LONGEST_TEXT,
    ActivationKind,
    DraftState,
    checked_first_day,
    require_ahead,
    require_another_person,
    require_fresh,
)
from ipfin.whitelist.models import CardActivation, CardDraft, ScorecardVersion
from ipfin.whitelist.queries import latest_run
from ipfin.whitelist.queries.cards import (
    active_card,
    first_day_of,
    simulation_of,
    version_named,
    versions,
)
from ipfin.whitelist.scheme import DEFAULT_CARD, load_card
from ipfin.whitelist.scorecard import Scenario, Scorecard, card_sha256

LONGEST_REASON, LONGEST_NOTE = 300, 500  # characters
LONGEST_ID, LONGEST_VERSION = 80, 20


def card_of(version: ScorecardVersion) -> Scorecard:
    """Return the scorecard that a stored version holds."""
    return load_card(version.source_text.encode())


def found_card(
    session: Session, actor: Actor, source: Path | bytes = DEFAULT_CARD, *, on: date
) -> ScorecardVersion:
    """Put the first card of a use in force with the installation; the same card again changes nothing.

    Nobody has a score before the first card, so nobody's score changes by it. The act says that it was not
    one of two persons.

    Raises:
        BadInput: the card is not sound.
        Conflict: another card is in force already, or will be: changing it takes two persons.
    """
    raw = source.read_bytes() if isinstance(source, Path) else source
    card = load_card(raw)
    first = first_day_of(session, card.scenario)
    if first is not None:
        current = active_card(session, on, card.scenario)
        if current is not None and current.sha256 == card_sha256(card):
            return current
        raise Conflict(_("已有启用的评分卡：更换须在“评分模型”中由两人先后办理。"))
    version = _kept(session, card, raw.decode("utf-8-sig"))
    act = CardActivation(
        card_version=version,
        scenario=card.scenario,
        kind=ActivationKind.FOUNDED,
        active_from=on,
        approved_by=actor.name,
        approved_at=now_utc(),
    )
    session.add(act)
    session.flush()
    _record(session, actor, "whitelist.card.founded", act, card)
    return version


def open_draft(
    session: Session, actor: Actor, text: str, *, base: ScorecardVersion | None = None
) -> CardDraft:
    """Begin a draft with the text of a version or of a shipped example.

    Raises:
        BadInput: the text is too long.
    """
    now = now_utc()
    draft = CardDraft(
        state=DraftState.DRAFT,
        text=_checked_text(text),
        base_version=base,
        author_user_id=actor.user_id,
        author=actor.name,
        created_at=now,
        saved_by_user_id=actor.user_id,
        saved_by=actor.name,
        saved_at=now,
    )
    session.add(draft)
    session.flush()
    record(session, actor, "whitelist.draft.opened", f"card_draft:{draft.id}", number=draft.id)
    return draft


def save_draft(session: Session, actor: Actor, draft: CardDraft, text: str, *, seen: int) -> None:
    """Keep a new text of a draft, faults and all; a submission that waits is void by it.

    Args:
        seen: the `lock_version` that the writer's page was made of.

    Raises:
        StaleDraft: somebody saved it since.
        InvalidTransition: it was approved or withdrawn.
        BadInput: the text is too long.
    """
    require_fresh(seen, draft.lock_version)
    was_submitted = draft.state is DraftState.SUBMITTED
    if draft.state is not DraftState.DRAFT:
        draft.state = DRAFT_LIFECYCLE.advance(draft.state, DraftState.DRAFT)
    draft.text = _checked_text(text)
    draft.saved_by_user_id, draft.saved_by, draft.saved_at = actor.user_id, actor.name, now_utc()
    _forget_submission(draft)
    session.flush()
    code = "whitelist.draft.reopened" if was_submitted else "whitelist.draft.saved"
    record(session, actor, code, f"card_draft:{draft.id}", number=draft.id)


def submit_draft(
    session: Session, actor: Actor, draft: CardDraft, *, reason: str, seen: int, on: date, note: str = ""
) -> None:
    """Lay a draft before a second person, with what it would change on the data of the last run.

    Args:
        note: what is to be said of the concerns of the simulation, where there are any.

    Raises:
        StaleDraft: somebody saved it since.
        InvalidTransition: it waits already, or is closed.
        NotAllowed: nobody in person submits it.
        BadInput: it is no sound card, or no reason was given.
        Conflict: its number belongs to another card, it is the card in force, or it was not tried on the
            last run.
    """
    require_fresh(seen, draft.lock_version)
    state = DRAFT_LIFECYCLE.advance(draft.state, DraftState.SUBMITTED)
    if actor.user_id is None:
        raise NotAllowed(_("启用评分卡须由两名在册人员先后办理。"))
    card = load_card(draft.text.encode())
    _require_free_name(session, card)
    current = active_card(session, on, card.scenario)
    if current is not None and current.sha256 == card_sha256(card):
        raise Conflict(_("草稿与使用中的评分卡内容相同，不必更换。"))
    draft.reason = checked_reason(reason, longest=LONGEST_REASON)
    _explain_simulation(session, draft, card, note)
    draft.state = state
    draft.submitted_by_user_id, draft.submitted_by = actor.user_id, actor.name
    draft.submitted_at, draft.submitted_sha256 = now_utc(), card_sha256(card)
    session.flush()
    _record_draft(session, actor, "whitelist.draft.submitted", draft, card, reason=draft.reason)


def approve_draft(
    session: Session,
    actor: Actor,
    draft: CardDraft,
    *,
    active_from: date | None,
    seen: int,
    on: date,
    note: str = "",
) -> CardActivation:
    """Put what was submitted in force from a day on, as a second person.

    A text that is a version already is not kept twice: the version scores again (going back).

    Args:
        active_from: the first day on whose data it scores, today or later.
        seen: the `lock_version` that the approver's page was made of.

    Raises:
        StaleDraft: the draft was changed since.
        InvalidTransition: it does not wait for approval.
        NotAllowed: the approver wrote or submitted it.
        BadInput: an impossible day.
        Conflict: the text is not what was submitted, or its number was given to another card since.
    """
    require_fresh(seen, draft.lock_version)
    state = DRAFT_LIFECYCLE.advance(draft.state, DraftState.APPROVED)
    require_another_person(frozenset({draft.submitted_by_user_id, draft.saved_by_user_id}), actor.user_id)
    first_day = checked_first_day(active_from, on)
    card = load_card(draft.text.encode())
    if card_sha256(card) != draft.submitted_sha256:
        raise Conflict(_("草稿内容与提交时不同，请退回后重新提交。"))
    known = _require_free_name(session, card)
    draft.state, draft.decision_note = state, _checked_note(note)
    act = CardActivation(
        card_version=known or _kept(session, card, draft.text),
        scenario=card.scenario,
        kind=ActivationKind.APPROVED,
        active_from=first_day,
        draft=draft,
        reason=draft.reason,
        submitted_by_user_id=draft.submitted_by_user_id,
        submitted_by=draft.submitted_by,
        approved_by_user_id=actor.user_id,
        approved_by=actor.name,
        approved_at=now_utc(),
        decision_note=draft.decision_note,
    )
    session.add(act)
    session.flush()
    _record(session, actor, "whitelist.card.approved", act, card, submitted_by=draft.submitted_by)
    return act


def return_draft(session: Session, actor: Actor, draft: CardDraft, *, note: str, seen: int) -> None:
    """Give a submitted draft back to be changed.

    Raises:
        StaleDraft: it was changed since.
        InvalidTransition: it does not wait for approval.
        BadInput: no reason was given.
    """
    require_fresh(seen, draft.lock_version)
    if draft.state is not DraftState.SUBMITTED:
        raise InvalidTransition(_("草稿当前为“%(now)s”，没有待复核的提交。", now=DRAFT_LABELS[draft.state]))
    draft.state = DRAFT_LIFECYCLE.advance(draft.state, DraftState.DRAFT)
    draft.decision_note = checked_reason(note, field="ground", longest=LONGEST_REASON)
    _forget_submission(draft)
    session.flush()
    record(
        session,
        actor,
        "whitelist.draft.returned",
        f"card_draft:{draft.id}",
        number=draft.id,
        reason=draft.decision_note,
    )


def withdraw_draft(session: Session, actor: Actor, draft: CardDraft, *, note: str, seen: int) -> None:
    """Give a draft up; it is kept.

    Raises:
        StaleDraft: it was changed since.
        InvalidTransition: it is closed.
        BadInput: no reason was given.
    """
    require_fresh(seen, draft.lock_version)
    draft.state = DRAFT_LIFECYCLE.advance(draft.state, DraftState.WITHDRAWN)
    draft.decision_note = checked_reason(note, field="ground", longest=LONGEST_REASON)
    session.flush()
    record(
        session,
        actor,
        "whitelist.draft.withdrawn",
        f"card_draft:{draft.id}",
        number=draft.id,
        reason=draft.decision_note,
    )


def withdraw_activation(
    session: Session, actor: Actor, act: CardActivation, *, reason: str, on: date
) -> None:
    """Take an activation back before its day; the card in force stays in force.

    Raises:
        Conflict: its day has come, or it was taken back already.
        BadInput: no reason was given.
    """
    if act.withdrawn_on is not None:
        raise Conflict(_("该启用安排已经撤销。"))
    require_ahead(act.active_from, on)
    act.withdrawn_reason = checked_reason(reason, longest=LONGEST_REASON)
    act.withdrawn_on, act.withdrawn_by = on, actor.name
    session.flush()
    _record(
        session, actor, "whitelist.card.dropped", act, card_of(act.card_version), reason=act.withdrawn_reason
    )


def _explain_simulation(session: Session, draft: CardDraft, card: Scorecard, note: str) -> None:
    """Keep what the submitter says of the simulation's concerns; nothing to try on, nothing to explain."""
    run = latest_run(session)
    if run is None:
        return
    tried = simulation_of(session, draft.id, card_sha256(card))
    if tried is None or tried.run_id != run.id:
        raise Conflict(_("请先在最近一次评分的数据上模拟这份草稿，再提交。"))
    if tried.found["concerns"]:
        tried.note = checked_reason(note, field="note", longest=LONGEST_NOTE)


def _require_free_name(session: Session, card: Scorecard) -> ScorecardVersion | None:
    """Return the version that has the card's id and number where it is the same card, None where none has.

    Raises:
        BadInput: the id or the number is too long.
        Conflict: another card has them, or the id stands for another use.
    """
    if len(card.id) > LONGEST_ID or len(card.version) > LONGEST_VERSION:
        raise BadInput(
            _(
                "评分卡的id不超过%(id)s个字符，version不超过%(version)s个。",
                id=LONGEST_ID,
                version=LONGEST_VERSION,
            )
        )
    known = version_named(session, card.id, card.version)
    if known is not None and known.sha256 != card_sha256(card):
        raise Conflict(
            _(
                "评分卡%(card)s已有%(version)s版，内容改动后须使用新的版本号。",
                card=card.id,
                version=card.version,
            )
        )
    if any(row.card_id == card.id and row.scenario is not card.scenario for row in versions(session)):
        raise Conflict(_("评分卡%(card)s已用于另一用途，请换一个id。", card=card.id))
    return known


def _kept(session: Session, card: Scorecard, text: str) -> ScorecardVersion:
    version = ScorecardVersion(
        card_id=card.id,
        version=card.version,
        scenario=card.scenario,
        sha256=card_sha256(card),
        source_text=text,
    )
    session.add(version)
    session.flush()
    return version


def _forget_submission(draft: CardDraft) -> None:
    draft.submitted_by_user_id, draft.submitted_by = None, ""
    draft.submitted_at, draft.submitted_sha256 = None, ""


def _checked_text(text: str) -> str:
    said = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(said) > LONGEST_TEXT:
        raise BadInput(_("评分卡不超过%(most)s个字。", most=LONGEST_TEXT), field="text")
    return said


def _checked_note(note: str) -> str:
    return checked_reason(note, field="note", longest=LONGEST_REASON) if note.strip() else ""


def _record(
    session: Session, actor: Actor, code: str, act: CardActivation, card: Scorecard, **more: str
) -> None:
    record(
        session,
        actor,
        code,
        f"card:{act.card_version_id}",
        card=card.title,
        version=card.version,
        active_from=act.active_from,
        sha256=act.card_version.sha256,
        scenario=Scenario(act.scenario),
        **more,
    )


def _record_draft(
    session: Session, actor: Actor, code: str, draft: CardDraft, card: Scorecard, *, reason: str
) -> None:
    record(
        session,
        actor,
        code,
        f"card_draft:{draft.id}",
        number=draft.id,
        card=card.title,
        version=card.version,
        sha256=draft.submitted_sha256,
        reason=reason,
    )
