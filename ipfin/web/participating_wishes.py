"""Where a participant says whom to meet and whom not, and answers the office; for firms and institutions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.events.details import slots_by_part
from ipfin.events.eligibility import industry_words
from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import counterparts_of, preference_of, proposal_by_id, requests_of
from ipfin.events.registration import takes_wishes
from ipfin.events.service import answer_proposal, set_preference, set_wishes
from ipfin.events.wishes import (
    DAY_PART_LABELS,
    STRENGTH_LABELS,
    DayPart,
    Word,
    clashes,
    touched,
    word_of,
)
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput, DomainError, NotFound, Stale
from ipfin.kernel.text import _ as source
from ipfin.registry.queries import regions
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_forms import PreferenceForm, PressForm
from ipfin.web.event_suggestions import askable, listed_at, suggestions_to
from ipfin.web.i18n import in_reader_language
from ipfin.web.paging import words
from ipfin.web.signing_in import actor

WISH = "wish-"  # before the other's registration id, in the form of wishes
PART = "part-"
SEEN = "seen-"  # what stood there when the page was made


@dataclass(frozen=True, slots=True)
class WishPages:
    """The pages about wishes; how a page is rendered and whose it is comes from `participating`."""

    render: Callable[..., ResponseReturnValue]
    event_of: Callable[[str], Event]
    own_of: Callable[[Event], Registration]

    def wishes(self, public_id: str) -> ResponseReturnValue:
        """Say whom one wishes to meet, and whom not."""
        event = self.event_of(public_id)
        self.own_of(event)
        query = words("q")
        if request.method != "POST" or not PressForm().validate_on_submit():
            return self._shown(event, query)
        try:
            with unit_of_work() as session:
                changed = set_wishes(
                    session,
                    actor(),
                    self.own_of(event),
                    _posted_wishes(),
                    parts=_posted_parts(),
                    seen=_posted_seen(),
                    listed=listed_at(session, event.id, today_in_china()),
                )
        except DomainError as refused:
            return self._shown(self.event_of(public_id), query, refused)
        flash(_("已保存，%(count)s项有变化。", count=changed), "success")
        return make_response(redirect(url_for(".wishes", public_id=public_id, q=query), code=303))

    def _shown(self, event: Event, query: str, refused: DomainError | None = None) -> ResponseReturnValue:
        session, own = current_session(), self.own_of(event)
        may_wish = own.state is RegistrationState.CONFIRMED and takes_wishes(event.state)
        counterparts = counterparts_of(session, own, query=query)
        may_be_asked = askable(session, event, own, today_in_china())
        reachable = may_be_asked | {one.registration.id for one in counterparts if one.asks}
        has_preference = own.side is Side.ENTERPRISE or _said_preference(own)
        suggests = may_wish and not query
        stands = {one.registration.id: word_of(one.wished, one.part) for one in counterparts}
        typed = _typed() if refused else {}
        return self.render(
            "wishes",
            (409 if isinstance(refused, Stale) else 422) if refused else 200,
            event=event,
            own=own,
            counterparts=counterparts,
            askable=may_be_asked,
            quota=event.enterprise_requests if own.side is Side.ENTERPRISE else event.institution_requests,
            used=requests_of(session, own.id),
            suggestions=suggestions_to(session, actor(), own, reachable, today_in_china())
            if suggests
            else [],
            has_preference=has_preference,
            query=query,
            refusal=in_reader_language(refused.message) if refused else "",
            typed={other: word or (None, DayPart.ANY) for other, word in typed.items()},
            clashing=clashes(_posted_seen(), typed, stands) if refused else set(),
            strengths=STRENGTH_LABELS,
            parts=DAY_PART_LABELS if _has_both_parts(event) else {},
            may_wish=may_wish,
        )

    def preferences(self, public_id: str) -> ResponseReturnValue:
        """Say what the institution looks for; suggestions are made of it."""
        event = self.event_of(public_id)
        own = self.own_of(event)
        if own.side is not Side.INSTITUTION:
            raise NotFound(source("没有这个页面。"))
        row = preference_of(current_session(), own)
        form = PreferenceForm.of(row, own.id).offer(regions(current_session()))
        if form.validate_on_submit():
            try:
                with unit_of_work() as session:
                    wanted, seen = form.preference(), form.seen_version
                    set_preference(session, actor(), self.own_of(event), wanted, version=seen)
            except Stale as refused:
                own = self.own_of(self.event_of(public_id))
                row = preference_of(current_session(), own)
                stored = PreferenceForm.of(row, own.id, formdata=None)
                form.set_beside(refused, stored.offer(regions(current_session())))
            except DomainError as refused:
                form.refuse(refused)
            else:
                flash(_("洽谈偏好已保存。"), "success")
                return make_response(redirect(url_for(".wishes", public_id=public_id), code=303))
        event = self.event_of(public_id)
        own = self.own_of(event)
        return self.render(
            "preferences",
            form.status,
            event=event,
            own=own,
            form=form,
            industries=industry_words(sorted(row.industries)) if row else [],
            is_former=row is not None and row.registration_id != own.id,
            may_wish=own.state is RegistrationState.CONFIRMED and takes_wishes(event.state),
        )

    def answer(self, public_id: str, proposal_id: int) -> ResponseReturnValue:
        """Accept or decline what the office proposes."""
        event = self.event_of(public_id)
        self.own_of(event)
        proposal_by_id(current_session(), event.id, proposal_id)  # what is not there is not asked about
        accepts = request.form.get("answer") == "accept"
        if not accepts and request.form.get("answer") != "decline":
            raise BadInput(_("请选择同意或不见。"))
        with unit_of_work() as session:
            event = self.event_of(public_id)
            own = self.own_of(event)
            proposal = proposal_by_id(session, event.id, proposal_id)
            answer_proposal(session, actor(), own, proposal, accepts=accepts)
        flash(_("已同意；对方也同意后才会安排。") if accepts else _("已记下，不会安排这场洽谈。"), "success")
        return make_response(redirect(url_for(".show", public_id=public_id), code=303))


def _said_preference(own: Registration) -> bool:
    row = preference_of(current_session(), own)
    return row is not None and row.registration_id == own.id


def _has_both_parts(event: Event) -> bool:
    """Whether an event has talks in the morning and in the afternoon: else there is nothing to choose."""
    return all(slots_by_part(event.talks_start_at, event.slot_minutes, event.slot_count).values())


def _numbered(prefix: str) -> dict[int, str]:
    """Return what the form says behind a prefix: registration id -> word."""
    found: dict[int, str] = {}
    for name, word in request.form.items():
        number = name.removeprefix(prefix)
        if name.startswith(prefix) and number.isascii() and number.isdigit() and len(number) < 19:
            found[int(number)] = word
    return found


def _posted_wishes() -> dict[int, int | None]:
    """Return the answers of the form: registration id -> strength, or None for nothing said."""
    return {
        other: int(word) if word in {"0", "1", "2", "3"} else None for other, word in _numbered(WISH).items()
    }


def _posted_parts() -> dict[int, DayPart]:
    """Return when to meet, as far as the form says it in words that there are."""
    known = {part.value for part in DayPart}
    return {other: DayPart(word) for other, word in _numbered(PART).items() if word in known}


def _posted_seen() -> dict[int, Word]:
    """Return what stood in the form when it was shown: "" for nothing, else strength and part."""
    known = {part.value: part for part in DayPart}
    found: dict[int, Word] = {}
    for other, word in _numbered(SEEN).items():
        strength, _dot, part = word.partition(".")
        if not word:
            found[other] = None
        elif strength in {"0", "1", "2", "3"} and part in known:
            found[other] = word_of(int(strength), known[part])
    return found


def _typed() -> dict[int, Word]:
    """Return what the person changed in the form; of the rest he is shown what stands."""
    seen, parts = _posted_seen(), _posted_parts()
    said = {
        other: word_of(strength, parts.get(other) or _part_seen(seen.get(other)))
        for other, strength in _posted_wishes().items()
    }
    return touched(seen, said)


def _part_seen(word: Word) -> DayPart:
    return word[1] if word else DayPart.ANY
