"""Where a participant says whom to meet and whom not, and answers the office; for firms and institutions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.events.lifecycle import RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.events.queries import counterparts_of, proposal_by_id
from ipfin.events.registration import takes_wishes
from ipfin.events.service import answer_proposal, set_wishes
from ipfin.events.wishes import STRENGTH_LABELS
from ipfin.kernel.errors import BadInput
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_forms import PressForm
from ipfin.web.paging import words
from ipfin.web.signing_in import actor

WISH = "wish-"  # before the other's registration id, in the form of wishes


@dataclass(frozen=True, slots=True)
class WishPages:
    """The pages about wishes; how a page is rendered and whose it is comes from `participating`."""

    render: Callable[..., ResponseReturnValue]
    event_of: Callable[[str], Event]
    own_of: Callable[[Event], Registration]

    def wishes(self, public_id: str) -> ResponseReturnValue:
        """Say whom one wishes to meet, and whom not."""
        event = self.event_of(public_id)
        own = self.own_of(event)
        query = words("q")
        if request.method == "POST" and PressForm().validate_on_submit():
            with unit_of_work() as session:
                changed = set_wishes(session, actor(), self.own_of(event), _posted_wishes())
            flash(_("已保存，%(count)s项有变化。", count=changed), "success")
            return make_response(redirect(url_for(".wishes", public_id=public_id, q=query), code=303))
        return self.render(
            "wishes",
            event=event,
            own=own,
            counterparts=counterparts_of(current_session(), own, query=query),
            query=query,
            strengths=STRENGTH_LABELS,
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


def _posted_wishes() -> dict[int, int | None]:
    """Return the answers of the form: registration id -> strength, or None for nothing said."""
    answers: dict[int, int | None] = {}
    for name, word in request.form.items():
        number = name.removeprefix(WISH)
        if name.startswith(WISH) and number.isascii() and number.isdigit() and len(number) < 19:
            answers[int(number)] = int(word) if word in {"0", "1", "2", "3"} else None
    return answers
