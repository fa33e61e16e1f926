"""The organisations of the platform: registered with branches and regions, switched off and on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.accounts.policy import P
from ipfin.accounts.queries import OrganisationLine, organisation_lines
from ipfin.accounts.service import KIND_LABELS, create_organisation, set_organisation_active
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, DomainError
from ipfin.kernel.identifiers import parse_credit_code
from ipfin.kernel.text import _ as sentence
from ipfin.registry.queries import enterprise_by_credit_code, regions
from ipfin.web.access import open_to
from ipfin.web.admin.forms import OrganisationForm
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.paging import chosen, words
from ipfin.web.signing_in import actor

bp = Blueprint("admin_organisations", __name__, url_prefix="/admin/orgs")


@bp.route("/")
@open_to(P.ADMIN_ORGANISATIONS_READ)
def index() -> ResponseReturnValue:
    """List the organisations, branches below their head offices."""
    kind = chosen("kind", [kind.value for kind in OrganisationKind], "")
    text = words("q")
    session = current_session()
    lines = organisation_lines(session, actor(), kind=OrganisationKind(kind) if kind else None, text=text)
    return render_template(
        "admin/organisations/index.html",
        tree=list(_tree(lines)),
        count=len(lines),
        kinds=KIND_LABELS,
        kind=kind,
        text=text,
        region_names={region.code: region.name for region in regions(session)},
    )


def _tree(lines: Sequence[OrganisationLine]) -> Iterator[tuple[int, OrganisationLine]]:
    """Yield (depth, line), branches after their head office; one whose head is not listed stands on top."""
    below: dict[str, list[OrganisationLine]] = {}
    names = {line.name for line in lines}
    for line in lines:
        below.setdefault(line.parent_name if line.parent_name in names else "", []).append(line)

    def walk(head: str, depth: int) -> Iterator[tuple[int, OrganisationLine]]:
        for line in below.pop(head, []):
            yield depth, line
            yield from walk(line.name, depth + 1)

    return walk("", 0)


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.ADMIN_ORGANISATIONS_WRITE)
def new() -> ResponseReturnValue:
    """Register an organisation."""
    form = OrganisationForm()
    session = current_session()
    heads = [line for line in organisation_lines(session, actor()) if line.is_active and not line.parent_name]
    branching = {OrganisationKind.BANK, OrganisationKind.INSURER, OrganisationKind.GUARANTOR}
    branching.add(OrganisationKind.AGENCY)
    form.offer(
        ((line.id, line.name) for line in heads if line.kind in branching),
        ((region.code, region.name) for region in regions(session)),
    )
    if form.validate_on_submit():
        try:
            with unit_of_work() as writing:
                made = create_organisation(
                    writing,
                    actor(),
                    kind=form.wanted_kind,
                    name=form.name.data or "",
                    short_name=form.short_name.data or "",
                    parent_id=int(form.parent_id.data) if form.parent_id.data else None,
                    region_code=form.region_code.data or None,
                    enterprise_id=_firm(writing, form.enterprise_id.data or ""),
                    now=now_utc(),
                )
                name = made.name
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("机构“%(name)s”已登记，可以邀请它的用户了。", name=name), "success")
            return redirect(url_for("admin_organisations.index"), code=303)
    return render_template("admin/organisations/new.html", form=form), form.status


def _firm(session: Session, typed: str) -> int | None:
    if not typed.strip():
        return None
    try:
        code = parse_credit_code(typed).value
    except BadInput as error:
        raise BadInput(error.message, field="enterprise_id") from None
    firm = enterprise_by_credit_code(session, code)
    if firm is None:
        raise BadInput(
            sentence("企业库中没有信用代码为%(code)s的企业，请先导入名单。", code=code), field="enterprise_id"
        )
    return firm.id


@bp.route("/<int:organisation_id>/active", methods=["POST"])
@open_to(P.ADMIN_ORGANISATIONS_WRITE)
def switch(organisation_id: int) -> ResponseReturnValue:
    """Switch an organisation off, which signs out its people, or on again."""
    is_active = request.form.get("active") == "1"
    with unit_of_work() as session:
        set_organisation_active(session, actor(), organisation_id, is_active=is_active, now=now_utc())
    flash(_("机构已启用。") if is_active else _("机构已停用，其用户已全部退出登录。"), "success")
    return redirect(url_for("admin_organisations.index"), code=303)
