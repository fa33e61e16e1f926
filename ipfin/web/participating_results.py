"""The pages after the meetings for those who took part: what came of each, later steps, an opinion.

Made for a phone: one meeting a card, one form a meeting. Decides which page leads where; a person reads and
writes his own side's word only. Later steps are told by institutions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.events.details import slot_times
from ipfin.events.export import issue_ledger
from ipfin.events.lifecycle import Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import (
    Pair,
    event_by_public_id,
    events_visible_to,
    feedback_of,
    follow_up_by_id,
    own_registration,
    pair_of,
    pairs_of,
)
from ipfin.events.results import INTEREST_LABELS, STAGE_LABELS
from ipfin.events.service import (
    add_follow_up,
    give_opinion,
    require_begun,
    save_result,
    withdraw_follow_up,
)
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import Conflict, DomainError, NotFound, Stale
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.event_forms import FeedbackForm, FollowUpForm, PressForm, ResultForm
from ipfin.web.i18n import locale_now
from ipfin.web.office.forms import ReasonForm
from ipfin.web.participation import Participation, plain
from ipfin.web.signing_in import actor, settings


def add_result_pages(bp: Blueprint, part: Participation) -> None:
    """Give the blueprint the pages of what came of meetings."""
    pages = _Pages(part)
    read, write = part.read, part.register
    one = "/<public_id>/results/<int:counterpart>"
    rules: list[tuple[str, str, Any, Callable[..., ResponseReturnValue], tuple[str, ...]]] = [
        ("/<public_id>/results", "results", read, pages.results, ("GET",)),
        (one, "result", write, pages.result, ("GET", "POST")),
        ("/<public_id>/results/export", "export_results", write, pages.export, ("POST",)),
        ("/<public_id>/feedback", "feedback", write, pages.feedback, ("GET", "POST")),
    ]
    if pages.side is Side.INSTITUTION:
        rules += [
            (f"{one}/steps", "add_step", write, pages.add_step, ("POST",)),
            (f"{one}/steps/<int:step_id>/withdraw", "withdraw_step", write, pages.withdraw, ("POST",)),
        ]
    for rule, endpoint, permission, view, methods in rules:
        bp.add_url_rule(rule, endpoint, open_to(permission)(plain(view)), methods=list(methods))


def _event(public_id: str) -> Event:
    return event_by_public_id(current_session(), events_visible_to(actor()), public_id)


def _own(event: Event) -> Registration:
    """Return the actor's living registration.

    Raises:
        NotFound: there is none.
    """
    found = own_registration(current_session(), actor(), event.id)
    if found is None:
        raise NotFound(_("贵单位没有报名本活动。"))
    return found


@dataclass(frozen=True, slots=True)
class _Pages:
    part: Participation

    @property
    def side(self) -> Side:
        """On which side of the table the reader sits."""
        return Side.ENTERPRISE if self.part.folder == "enterprise" else Side.INSTITUTION

    def _render(self, template: str, event: Event, status: int = 200, **context: Any) -> ResponseReturnValue:
        return render_template(
            f"{self.part.folder}/events/{template}.html",
            event=event,
            side=self.side,
            times=slot_times(event.talks_start_at, event.slot_minutes, event.slot_count),
            interests=INTEREST_LABELS,
            stages=STAGE_LABELS,
            press=PressForm(),
            **context,
        ), status

    def results(self, public_id: str) -> ResponseReturnValue:
        """List one's own meetings with what was said of each."""
        event = _event(public_id)
        _own(event)
        return self._render(
            "results",
            event,
            pairs=pairs_of(current_session(), event, actor()),
            may_say=may_be_told_of(event, now_utc()),
        )

    def result(self, public_id: str, counterpart: int) -> ResponseReturnValue:
        """Say what came of one meeting."""
        event = _event(public_id)
        _own(event)
        pair = pair_of(current_session(), event, actor(), counterpart, self.side)
        form = ResultForm.of(pair.results.get(self.side))
        if form.validate_on_submit():
            try:
                with unit_of_work() as session:
                    pair = pair_of(session, event, actor(), counterpart, self.side)
                    save_result(
                        session,
                        actor(),
                        event,
                        pair,
                        self.side,
                        form.said(),
                        version=form.seen_version,
                        now=now_utc(),
                    )
            except Stale as error:
                pair = pair_of(current_session(), _event(public_id), actor(), counterpart, self.side)
                form.set_beside(error, ResultForm.of(pair.results.get(self.side), formdata=None))
                return self._result(public_id, counterpart, form, form.status)
            except DomainError as error:
                form.refuse(error)
                return self._result(public_id, counterpart, form, status_of(error))
            flash(_("洽谈成果已保存。"), "success")
            return redirect(url_for(".results", public_id=public_id), code=303)
        return self._result(public_id, counterpart, form, form.status)

    def _result(
        self,
        public_id: str,
        counterpart: int,
        form: ResultForm,
        status: int,
        step: FollowUpForm | None = None,
    ) -> ResponseReturnValue:
        event = _event(public_id)
        pair: Pair = pair_of(current_session(), event, actor(), counterpart, self.side)
        return self._render(
            "result",
            event,
            status,
            pair=pair,
            other=pair.of(self.side.other),
            word=pair.results.get(self.side),
            form=form,
            step=step or FollowUpForm(formdata=None, data={"happened_on": today_in_china()}),
            reason=ReasonForm(formdata=None),
            may_say=may_be_told_of(event, now_utc()),
        )

    def add_step(self, public_id: str, counterpart: int) -> ResponseReturnValue:
        """Tell a later step of one meeting."""
        event = _event(public_id)
        _own(event)
        pair = pair_of(current_session(), event, actor(), counterpart, self.side)
        step, status = FollowUpForm(), 422
        if step.validate_on_submit():
            try:
                with unit_of_work() as session:
                    add_follow_up(
                        session,
                        actor(),
                        event,
                        pair,
                        step.said(),
                        side=self.side,
                        on=today_in_china(),
                        now=now_utc(),
                    )
            except DomainError as error:
                step.refuse(error)
                status = status_of(error)
            else:
                flash(_("进展已登记。"), "success")
                return redirect(url_for(".result", public_id=public_id, counterpart=counterpart), code=303)
        word = pair_of(current_session(), _event(public_id), actor(), counterpart, self.side)
        return self._result(
            public_id, counterpart, ResultForm.of(word.results.get(self.side), formdata=None), status, step
        )

    def withdraw(self, public_id: str, counterpart: int, step_id: int) -> ResponseReturnValue:
        """Take one's own later step back."""
        event = _event(public_id)
        _own(event)
        with unit_of_work() as session:
            pair = pair_of(session, event, actor(), counterpart, self.side)
            step = follow_up_by_id(session, event, actor(), step_id)
            if step.said_by_side is not self.side or step not in pair.steps:
                raise NotFound(_("没有这条进展，或您无权撤回。"))
            withdraw_follow_up(session, actor(), event, pair, step, reason=ReasonForm().reason.data or "")
        flash(_("进展已撤回。"), "success")
        return redirect(url_for(".result", public_id=public_id, counterpart=counterpart), code=303)

    def export(self, public_id: str) -> ResponseReturnValue:
        """Take one's own meetings with their results as a spreadsheet."""
        event = _event(public_id)
        _own(event)
        with unit_of_work() as session:
            document = issue_ledger(
                session,
                actor(),
                event,
                purpose=_("洽谈跟进"),
                settings=settings(),
                locale=locale_now(),
            )
            code = document.verify_code
        return redirect(url_for("account_files.download", code=code), code=303)

    def feedback(self, public_id: str) -> ResponseReturnValue:
        """Say what one thinks of the event."""
        event = _event(public_id)
        own = _own(event)
        said = feedback_of(current_session(), own.id)
        form = FeedbackForm.of(said)
        if form.validate_on_submit():
            try:
                with unit_of_work() as session:
                    opinion, seen = form.opinion(), form.seen_version
                    give_opinion(session, actor(), event, _own(event), opinion, now=now_utc(), version=seen)
            except Stale as error:
                said = feedback_of(current_session(), _own(_event(public_id)).id)
                form.set_beside(error, FeedbackForm.of(said, formdata=None))
            except DomainError as error:
                form.refuse(error)
            else:
                flash(_("感谢反馈，已保存。"), "success")
                return redirect(url_for(".show", public_id=public_id), code=303)
        return self._render("feedback", _event(public_id), form.status, form=form, said=said)


def may_be_told_of(event: Event, now: datetime) -> bool:
    """Whether the meetings of an event have begun, so that their results can be entered."""
    try:
        require_begun(event, now)
    except Conflict:
        return False
    return event.slot_count > 0
