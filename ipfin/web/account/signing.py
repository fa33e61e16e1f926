"""Signing in, the second step, leaving."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from ipfin.accounts.service import check_password, complete_second_factor, sign_in_checked
from ipfin.accounts.service import sign_out as end_session
from ipfin.accounts.session_life import Stage
from ipfin.kernel.clock import now_utc
from ipfin.web.access import STAGE_ENDPOINTS, open_during, open_to_everyone
from ipfin.web.account.forms import CodeForm, SignInForm
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.navigation import home_of
from ipfin.web.returning import own_path
from ipfin.web.signing_in import (
    clear_session_cookie,
    cookie_name,
    current_actor,
    current_person,
    person,
    set_session_cookie,
    settings,
)

bp = Blueprint("account_signing", __name__)


@bp.route("/login", methods=["GET", "POST"])
@open_to_everyone
def sign_in() -> ResponseReturnValue:
    """Ask for account name and password."""
    if request.method == "GET" and current_person() is not None:
        return redirect(_next_page())
    form = SignInForm()
    if form.validate_on_submit():
        now, address = now_utc(), request.remote_addr or ""
        email, password = form.email.data or "", form.password.data or ""
        checked = check_password(
            current_session(), email, password, address=address, now=now, settings=settings()
        )
        with unit_of_work() as writing:
            result = sign_in_checked(
                writing,
                checked,
                address=address,
                user_agent=request.user_agent.string,
                now=now,
                replaces=request.cookies.get(cookie_name(), ""),
                settings=settings(),
            )
        if result.refusal is None and result.stage is not None:
            return _entered(result.token, result.stage)
        if result.refusal is not None:
            form.refuse(result.refusal)
    return render_template("account/signing/sign_in.html", form=form), form.status


@bp.route("/login/code", methods=["GET", "POST"])
@open_during(Stage.SECOND_FACTOR)
def second_factor() -> ResponseReturnValue:
    """Ask for the code of the authenticator."""
    if person().stage is not Stage.SECOND_FACTOR:
        return redirect(_next_page())
    form = CodeForm()
    if form.validate_on_submit():
        with unit_of_work() as writing:
            result = complete_second_factor(
                writing, person().user_session, form.code.data or "", now=now_utc(), settings=settings()
            )
        if result.refusal is None and result.stage is not None:
            return _entered(result.token, result.stage)
        if result.refusal is not None:
            form.refuse(result.refusal)
    return render_template("account/signing/second_factor.html", form=form), form.status


@bp.route("/logout", methods=["POST"])
@open_during(*Stage)
def sign_out() -> ResponseReturnValue:
    """End this session for good."""
    with unit_of_work() as writing:
        end_session(writing, person().actor, person().user_session, now=now_utc())
    _forget_form_cookie()
    answer = redirect(url_for("public_home.index"), code=303)
    clear_session_cookie(answer)
    # What other pages keep in this browser goes too (ASVS 5.0 14.3.1).
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _entered(token: str, stage: Stage) -> Response:
    """Send the person on with the new token: to what is still missing, or where he wanted to go."""
    _forget_form_cookie()
    wanted = own_path(request.args.get("next"))
    if stage is Stage.OPEN:
        # Who the person is, the next request knows: the first page of a role is chosen there.
        answer = redirect(wanted or url_for("account_signing.sign_in"), code=303)
    else:
        answer = redirect(url_for(STAGE_ENDPOINTS[stage], next=wanted), code=303)
    set_session_cookie(answer, token)
    return answer


def _next_page() -> str:
    actor = current_actor()
    if actor is None:
        return url_for(STAGE_ENDPOINTS[person().stage], next=own_path(request.args.get("next")))
    return own_path(request.args.get("next")) or home_of(actor)


def _forget_form_cookie() -> None:
    """Drop the form token and flashes of before: they were made for somebody else or nobody."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
