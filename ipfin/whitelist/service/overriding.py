"""Overriding the outcome of one candidate: proposed with a reason, counted when another person approved it.

Forms carry the version that their reader saw: who comes second never overwrites what he has not read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import Text, _
from ipfin.whitelist.admission import OUTCOME_LABELS, RoundState, require_override, require_second_person
from ipfin.whitelist.models import RoundEntry, WhitelistRound

NAMED: Final = 3
"""So many firms are named in a refusal."""


class StaleEntry(Conflict):
    """Somebody changed the entry after the reader's page was made."""


def propose_override(session: Session, actor: Actor, entry: RoundEntry, *, reason: str, version: int) -> None:
    """Propose the other outcome for a candidate of a drafted round; a later proposal replaces it.

    Raises:
        BadInput: without a reason.
        NotAllowed: the rules leave no choice.
        StaleEntry: somebody changed the entry since `version`.
        Conflict: the round is no draft, or the override was approved already.
    """
    if not reason.strip():
        raise BadInput(_("请写明调整的理由。"), field="override_reason")
    entry = _locked(session, entry, version)
    entry.override_outcome = require_override(entry.outcome)
    entry.override_reason = reason.strip()[:300]
    entry.overridden_by_user_id, entry.overridden_by = actor.user_id, actor.name
    entry.lock_version += 1
    session.flush()
    _note(session, actor, entry, "proposed")


def approve_override(session: Session, actor: Actor, entry: RoundEntry, *, version: int) -> None:
    """Approve a proposal as its second person: from now on it is the candidate's outcome.

    Raises:
        NotAllowed: the proposer cannot approve.
        StaleEntry: somebody changed the entry since `version`.
        Conflict: there is no proposal, or the round is no draft.
    """
    entry = _locked(session, entry, version)
    if entry.override_outcome is None:
        raise Conflict(_("没有待确认的调整。"))
    require_second_person(entry.overridden_by_user_id, actor.user_id)
    entry.override_approved_by_user_id, entry.override_approved_by = actor.user_id, actor.name
    said = _(
        "人工调整（%(maker)s提出，%(checker)s确认）：%(reason)s",
        maker=entry.overridden_by,
        checker=actor.name,
        reason=entry.override_reason,
    )
    entry.outcome = entry.override_outcome
    entry.reasons = [*entry.reasons, said.as_json()]
    entry.lock_version += 1
    session.flush()
    _note(session, actor, entry, "approved")


def drop_override(session: Session, actor: Actor, entry: RoundEntry, *, version: int) -> None:
    """Take a proposal back before it was approved.

    Raises:
        StaleEntry: somebody changed the entry since `version`.
        Conflict: there is no proposal, or the round is no draft.
    """
    entry = _locked(session, entry, version)
    if entry.override_outcome is None:
        raise Conflict(_("没有待确认的调整。"))
    entry.override_outcome, entry.override_reason = None, ""
    entry.overridden_by_user_id, entry.overridden_by = None, ""
    entry.lock_version += 1
    session.flush()
    record(
        session,
        actor,
        "whitelist.override.dropped",
        f"enterprise:{entry.enterprise_id}",
        name=entry.enterprise.name,
    )


Seen = tuple[RoundEntry, int]
"""An entry and the version of it that a form's reader saw."""


def propose_overrides(session: Session, actor: Actor, seen: Sequence[Seen], *, reason: str) -> None:
    """Propose the other outcome for several candidates of one round with one reason: all of them or none.

    Raises:
        BadInput: without a reason, or for nobody.
        NotAllowed: the rules leave no choice for one of them.
        StaleEntry: somebody changed one of them meanwhile; the sentence names whom.
        Conflict: the round is no draft, or an override was approved already.
    """
    _together(
        seen, lambda entry, version: propose_override(session, actor, entry, reason=reason, version=version)
    )


def approve_overrides(session: Session, actor: Actor, seen: Sequence[Seen]) -> None:
    """Approve several proposals as their second person: all of them or none.

    Raises:
        BadInput: for nobody.
        NotAllowed: one of them was proposed by the actor.
        StaleEntry: somebody changed one of them meanwhile; the sentence names whom.
        Conflict: one is no proposal any more, or the round is no draft.
    """
    _together(seen, lambda entry, version: approve_override(session, actor, entry, version=version))


def drop_overrides(session: Session, actor: Actor, seen: Sequence[Seen]) -> None:
    """Take several proposals back before they were approved: all of them or none.

    Raises:
        BadInput: for nobody.
        StaleEntry: somebody changed one of them meanwhile; the sentence names whom.
        Conflict: one is no proposal any more, or the round is no draft.
    """
    _together(seen, lambda entry, version: drop_override(session, actor, entry, version=version))


def _together(seen: Sequence[Seen], act: Callable[[RoundEntry, int], None]) -> None:
    """Act on every entry in the order of their ids; who calls takes all back when one refuses."""
    if not seen:
        raise BadInput(_("请至少选择一家企业。"), field="firm")
    stale: list[str] = []
    for entry, version in sorted(seen, key=lambda pair: pair[0].id):
        try:
            act(entry, version)
        except StaleEntry:
            stale.append(entry.enterprise.name)
    if stale:
        names = "、".join(stale[:NAMED])
        raise StaleEntry(
            _("他人刚刚改过%(names)s等%(count)s家的调整，您的内容没有保存。", names=names, count=len(stale))
        )


def _locked(session: Session, entry: RoundEntry, version: int) -> RoundEntry:
    """Return the entry as it stands under the lock."""
    wanted = select(RoundEntry).where(RoundEntry.id == entry.id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one()
    round_ = session.get_one(WhitelistRound, found.round_id)
    if round_.state is not RoundState.DRAFT:
        raise Conflict(_("批次提交后不能再调整结论，请先退回。"))
    if found.lock_version != version:
        raise StaleEntry(_("他人刚刚改过这家企业的调整，您的内容没有保存。"))
    if found.override_approved_by_user_id is not None:
        raise Conflict(_("已确认的调整不能更改；如有错误，请撤回本批次重新编制。"))
    return found


def _note(session: Session, actor: Actor, entry: RoundEntry, act: str) -> None:
    outcome: Text | str = "" if entry.override_outcome is None else OUTCOME_LABELS[entry.override_outcome]
    record(
        session,
        actor,
        f"whitelist.override.{act}",
        f"enterprise:{entry.enterprise_id}",
        name=entry.enterprise.name,
        outcome=str(outcome),
        reason=entry.override_reason,
    )
