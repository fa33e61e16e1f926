"""Asking firms to an event, and who of them has answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.events.export.lists import issue_invited
from ipfin.events.models import Event
from ipfin.events.queries.invitations import ANSWERED_LABELS, Answered, Invited, invited_to
from ipfin.events.service import invite_firms
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, DomainError
from ipfin.kernel.text import _ as sentence
from ipfin.kernel.text import listed
from ipfin.lists.identity import identify
from ipfin.lists.queries import known_firms
from ipfin.pushes.rows import MOST_ROWS, PushedRow, rows_of_text
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import HOLDINGS, EnterpriseFilter, narrowed
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.event_forms import InviteForm
from ipfin.web.i18n import locale_now
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor, settings

MOST_UNKNOWN_SHOWN = 10


@bp.route("/<public_id>/invitations")
@open_to(P.OFFICE_EVENTS_READ)
def invitations(public_id: str) -> ResponseReturnValue:
    """Show who was invited and what they said; the silent ones ready to be copied."""
    return _shown(event_of(public_id), InviteForm(), 200)


@bp.route("/<public_id>/invitations", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def invite(public_id: str) -> ResponseReturnValue:
    """Invite the firms that were pasted, or that a list of firms shows."""
    event, form = event_of(public_id), InviteForm()
    if not form.validate_on_submit():
        return _shown(event, form, form.status)
    try:
        with unit_of_work() as session:
            firms, unknown = _wanted(session, form)
            asked = invite_firms(session, actor(), event, firms, now=now_utc(), settings=settings())
    except DomainError as error:
        form.refuse(error)
        return _shown(event_of(public_id), form, status_of(error))
    if asked.new:
        flash(_("已邀请%(count)s家企业。", count=asked.new), "success")
    if asked.known:
        flash(_("%(count)s家此前已邀请，没有再次通知。", count=asked.known), "info")
    if asked.unreached:
        flash(_("%(count)s家没有开通账号，通知送不到，请另行联系。", count=asked.unreached), "warning")
    if unknown:
        names = listed(unknown[:MOST_UNKNOWN_SHOWN])
        flash(_("%(count)s行没有找到企业：%(names)s。", count=len(unknown), names=names), "warning")
    return back_to("invitations", public_id)


@bp.route("/<public_id>/invitations/export", methods=["POST"])
@open_to(P.OFFICE_EVENTS_EXPORT)
def export_invitations(public_id: str) -> ResponseReturnValue:
    """Take the list of the invited, all or those with one answer."""
    event, said = event_of(public_id), request.form.get("answered", "")
    with unit_of_work() as session:
        rows = [one for one in _invited(session, event) if said in ("", one.answered.value)]
        purpose = str(sentence("会务联络"))
        document = issue_invited(
            session, actor(), event, rows, purpose=purpose, settings=settings(), locale=locale_now()
        )
        code = document.verify_code
    return redirect(url_for("account_files.download", code=code), code=303)


def _invited(session: Session, event: Event) -> list[Invited]:
    return invited_to(session, event, enterprises_visible_to(actor()))


def _shown(event: Event, form: InviteForm, status: int) -> ResponseReturnValue:
    everybody = _invited(current_session(), event)
    said = chosen("answered", [one.value for one in Answered], "")
    return page_of(
        "invitations",
        event,
        status,
        form=form,
        everybody=everybody,
        shown=[one for one in everybody if said in ("", one.answered.value)],
        said=said,
        counts=Counter(one.answered for one in everybody),
        silent="\n".join(one.enterprise.name for one in everybody if one.answered is Answered.NOTHING),
        answers=ANSWERED_LABELS,
        most=MOST_ROWS,
        may_export=may(actor(), P.OFFICE_EVENTS_EXPORT),
    )


def _wanted(session: Session, form: InviteForm) -> tuple[Sequence[Enterprise], list[str]]:
    """Return the firms that were named and the lines that name none."""
    typed, address = (form.firms.data or "").strip(), (form.address.data or "").strip()
    if bool(typed) == bool(address):
        raise BadInput(sentence("请粘贴企业名单，或填企业列表的网址，二者填一项。"), field="firms")
    return (_of_list(session, address), []) if address else _of_lines(session, rows_of_text(typed))


def _of_lines(session: Session, rows: list[PushedRow]) -> tuple[Sequence[Enterprise], list[str]]:
    """Return the firms by exact code or name, never by likeness."""
    known = known_firms(session, {row.code for row in rows}, {row.key for row in rows})
    found, unknown = set[int](), list[str]()
    for row in rows:
        firm = identify(known, row.code, row.key, row.name).firm if row.is_readable else None
        if firm is None:
            unknown.append(row.said)
        else:
            found.add(firm.id)
    where = (Enterprise.id.in_(found), enterprises_visible_to(actor()))
    return session.scalars(select(Enterprise).where(*where).order_by(Enterprise.id)).all(), unknown


def _of_list(session: Session, address: str) -> Sequence[Enterprise]:
    """Return the firms of a filtered list of firms, as its address names it."""
    try:
        parts = urlsplit(address)
    except ValueError:  # such as half of an IPv6 address
        parts = urlsplit("")
    if parts.path != url_for("office_enterprises.index"):
        raise BadInput(
            sentence("这不是企业列表的网址；请在“企业”页筛选后复制浏览器地址栏。"), field="address"
        )
    said = {name: values[0][:60] for name, values in parse_qs(parts.query).items()}
    holding = said.get("holding", "")
    wanted = EnterpriseFilter(
        said.get("q", ""), said.get("region", ""), holding if holding in HOLDINGS else "", said.get("tag", "")
    )
    if wanted == EnterpriseFilter():
        raise BadInput(sentence("网址里没有筛选条件，不能邀请全部企业；请先筛选。"), field="address")
    where = narrowed(session, enterprises_visible_to(actor()), wanted).where
    rows = session.scalars(
        select(Enterprise).where(*where).order_by(Enterprise.id).limit(MOST_ROWS + 1)
    ).all()
    if len(rows) > MOST_ROWS:
        most = sentence("这个列表超过%(most)s家，请再筛选，分几次邀请。", most=MOST_ROWS)
        raise BadInput(most, field="address")
    if not rows:
        raise BadInput(sentence("这个列表里没有企业。"), field="address")
    return rows
