"""What is printed for the day."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.documents.queries import documents_of
from ipfin.events.export import INLINE_PAPERS, SHEET_LABELS, Sheet, issue_pack, issue_sheets
from ipfin.events.queries import confirmed_of, published_timetable
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import now_utc
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.i18n import locale_now
from ipfin.web.office.events.base import back_to, bp, event_of, page_of, reading
from ipfin.web.signing_in import actor, settings

SHEET_WORDS = frozenset(one.value for one in Sheet)


@bp.route("/<public_id>/pack")
@open_to(P.OFFICE_EVENTS_READ)
def pack(public_id: str) -> ResponseReturnValue:
    """Offer what is printed for the day, and what was printed before."""
    event, session = event_of(public_id), current_session()
    holding = published_timetable(session, event.id)
    papers = [paper for one in Sheet for paper in documents_of(session, f"event:{event.id}:{one}")]
    if holding is not None:
        papers += documents_of(session, f"timetable:{holding.id}:pack")
    own = [paper for paper in papers if may(actor(), P.OFFICE_EVENTS_WRITE) and not paper.revoked_at]
    return page_of(
        "pack",
        event,
        holding=holding,
        papers=sorted(own, key=lambda paper: -paper.id)[:20],
        sheets=SHEET_LABELS,
    )


@bp.route("/<public_id>/pack/make", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def make_pack(public_id: str) -> ResponseReturnValue:
    """Make the pack: a few papers at once, more in the background."""
    event = event_of(public_id)
    if len(confirmed_of(current_session(), event.id)) <= INLINE_PAPERS:
        issue_pack(unit_of_work, reading, actor(), event.id, settings=settings(), locale=locale_now())
        flash(_("会务包已生成。"), "success")
        return back_to("pack", public_id)
    with unit_of_work() as session:
        key = f"event:{event.id}:pack:{now_utc():%Y%m%d%H%M%S}"
        job = enqueue(session, actor(), "events.make_pack", key, event_id=event.id, locale=locale_now())
        job_id = job.id
    back = url_for("office_events.pack", public_id=public_id)
    return redirect(url_for("office_jobs.show", job_id=job_id, back=back), code=303)


@bp.route("/<public_id>/pack/sheet/<word>", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def sheet(public_id: str, word: str) -> ResponseReturnValue:
    """Make one kind of paper; sign-in sheets, badges and programme also before there is a timetable."""
    event = event_of(public_id)
    if word not in SHEET_WORDS:
        abort(404)
    document = issue_sheets(
        unit_of_work,
        reading,
        actor(),
        event.id,
        Sheet(word),
        settings=settings(),
        locale=locale_now(),
    )
    return redirect(url_for("account_files.download", code=document.verify_code), code=303)
