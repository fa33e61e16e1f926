"""Organisations: created, renamed, switched off and on again. Never removed.

Decides which roles an organisation's people may have and that the last administrator stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind, User
from ipfin.accounts.policy import Permission, require
from ipfin.accounts.service.sessions import end_all_sessions
from ipfin.audit.service import record
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, NotFound
from ipfin.kernel.text import Text, _

K = OrganisationKind
KIND_LABELS: Final[Mapping[OrganisationKind, Text]] = {
    K.CITY_OFFICE: _("市知识产权局"),
    K.COUNTY_OFFICE: _("县区局"),
    K.BANK: _("银行"),
    K.INSURER: _("保险公司"),
    K.GUARANTOR: _("担保公司"),
    K.AGENCY: _("专业服务机构"),
    K.ENTERPRISE: _("企业"),
    K.AUDITOR: _("审计、纪检"),
    K.OPERATOR: _("平台运维"),
}
# In a small city the office runs the platform itself, by a person who then does nothing else on it.
ROLES_OF_KIND: Final[Mapping[OrganisationKind, frozenset[Role]]] = {
    K.CITY_OFFICE: frozenset({Role.CITY_OFFICER, Role.ADMIN}),
    K.COUNTY_OFFICE: frozenset({Role.COUNTY_OFFICER}),
    K.BANK: frozenset({Role.BANK}),
    K.INSURER: frozenset({Role.INSURER}),
    K.GUARANTOR: frozenset({Role.GUARANTOR}),
    K.AGENCY: frozenset({Role.AGENCY}),
    K.ENTERPRISE: frozenset({Role.ENTERPRISE}),
    K.AUDITOR: frozenset({Role.AUDITOR}),
    K.OPERATOR: frozenset({Role.ADMIN}),
}
_MAY_BE_BRANCH: Final = frozenset({K.BANK, K.INSURER, K.GUARANTOR, K.AGENCY})


def create_organisation(
    session: Session,
    actor: Actor,
    *,
    kind: OrganisationKind,
    name: str,
    short_name: str = "",
    parent_id: int | None = None,
    region_code: str | None = None,
    enterprise_id: int | None = None,
    now: datetime,
) -> Organisation:
    """Register an organisation.

    Args:
        parent_id: the head office of a branch (banks, insurers, guarantors, agencies).
        region_code: required for a county office: the region whose firms it looks after.
        enterprise_id: required for an enterprise: which firm of the register it is.

    Raises:
        NotAllowed: the actor does not administer organisations.
        BadInput: a part is missing, or does not fit the kind.
        Conflict: the name, or the firm, has an organisation already.
    """
    require(actor, Permission.ADMIN_ORGANISATIONS_WRITE)
    name = " ".join(name.split())
    if not name:
        raise BadInput(_("请填写机构名称。"), field="name")
    _refuse_misfit(kind, region_code, enterprise_id)
    if parent_id is not None:
        _refuse_parent(session, kind, parent_id)
    _refuse_double(session, name, enterprise_id)
    created = Organisation(
        kind=kind,
        name=name,
        short_name=short_name.strip(),
        parent_id=parent_id,
        region_code=region_code,
        enterprise_id=enterprise_id,
        created_at=now,
    )
    session.add(created)
    session.flush()
    subject = f"organisation:{created.id}"
    record(session, actor, "accounts.organisation.created", subject, name=name, kind=kind)
    return created


def _refuse_misfit(kind: OrganisationKind, region_code: str | None, enterprise_id: int | None) -> None:
    if kind is K.COUNTY_OFFICE and region_code is None:
        raise BadInput(_("县区局须指定所辖行政区划。"), field="region_code")
    if kind is K.ENTERPRISE and enterprise_id is None:
        raise BadInput(_("企业用户须对应名录中的一家企业。"), field="enterprise_id")
    if kind is not K.ENTERPRISE and enterprise_id is not None:
        raise BadInput(_("只有企业类机构可以对应名录中的企业。"), field="enterprise_id")


def _refuse_parent(session: Session, kind: OrganisationKind, parent_id: int) -> None:
    parent = session.get(Organisation, parent_id)
    if parent is None or parent.kind is not kind or kind not in _MAY_BE_BRANCH:
        raise BadInput(_("上级机构须为同类的金融或服务机构。"), field="parent_id")


def _refuse_double(session: Session, name: str, enterprise_id: int | None) -> None:
    if session.scalar(select(Organisation.id).where(Organisation.name == name)) is not None:
        raise Conflict(_("机构“%(name)s”已存在。", name=name), field="name")
    if enterprise_id is None:
        return
    if session.scalar(select(Organisation.id).where(Organisation.enterprise_id == enterprise_id)) is not None:
        raise Conflict(_("该企业已有对应机构，请在原机构下邀请用户。"), field="enterprise_id")


def rename_organisation(
    session: Session, actor: Actor, organisation_id: int, *, name: str, short_name: str
) -> Organisation:
    """Give an organisation another name.

    Raises:
        NotAllowed: the actor does not administer organisations.
        BadInput, Conflict, NotFound: no name, a name that another one has, no such organisation.
    """
    require(actor, Permission.ADMIN_ORGANISATIONS_WRITE)
    organisation = organisation_of(session, organisation_id)
    name = " ".join(name.split())
    if not name:
        raise BadInput(_("请填写机构名称。"), field="name")
    if name != organisation.name:
        _refuse_double(session, name, None)
    before = organisation.name
    organisation.name, organisation.short_name = name, short_name.strip()
    session.flush()
    subject = f"organisation:{organisation.id}"
    record(session, actor, "accounts.organisation.changed", subject, name=name, before=before)
    return organisation


def set_organisation_active(
    session: Session, actor: Actor, organisation_id: int, *, is_active: bool, now: datetime
) -> None:
    """Switch an organisation off, which signs out all of its people, or on again.

    Raises:
        NotAllowed: the actor does not administer organisations.
        Conflict: the last administrator works there.
        NotFound: no such organisation.
    """
    require(actor, Permission.ADMIN_ORGANISATIONS_WRITE)
    organisation = organisation_of(session, organisation_id)
    if organisation.is_active == is_active:
        return
    people = list(session.scalars(select(User.id).where(User.organisation_id == organisation.id)))
    if not is_active:
        refuse_last_administrator(session, leaving=people)
    organisation.is_active = is_active
    session.flush()
    subject = f"organisation:{organisation.id}"
    record(
        session,
        actor,
        "accounts.organisation.changed",
        subject,
        name=organisation.name,
        is_active=is_active,
    )
    for user_id in [] if is_active else people:
        end_all_sessions(session, actor, user_id, reason=_("机构已停用"), now=now)


def organisation_of(session: Session, organisation_id: int) -> Organisation:
    """Return the organisation.

    Raises:
        NotFound: no such organisation.
    """
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound(_("没有这个机构。"))
    return found


def refuse_last_administrator(session: Session, *, leaving: list[int]) -> None:
    """Refuse that nobody is left to administer.

    The rows of all administrators are locked, in one order: two who switch each other off at the same
    moment do not both succeed.

    Raises:
        Conflict: every active administrator is among `leaving`.
    """
    administrators = session.scalars(
        select(User)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.role == Role.ADMIN, User.is_active, Organisation.is_active)
        .order_by(User.id)
        .with_for_update(of=User)
        .execution_options(populate_existing=True)
    ).all()
    active = {administrator.id for administrator in administrators if administrator.is_active}
    if active & set(leaving) and not active - set(leaving):
        raise Conflict(_("不能停用最后一名系统管理员，请先启用另一名。"))
