"""Who works in the demonstration: organisations, accounts and their one password.

Decides names, roles and accounts; that they exist in a demonstration only is decided by whoever loads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind, User
from ipfin.accounts.queries import actor_for
from ipfin.accounts.service import create_organisation, create_user
from ipfin.config import Settings
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.reference import seed_reference
from ipfin.registry.models import Enterprise
from ipfin.whitelist.models import Admission

# Shown at the start of `make run`; the accounts exist in the demonstration only.
PASSWORD = "Yunxi-Hezhuang-2026"  # noqa: S105 - printed to whoever runs the demonstration


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the demonstration, to be printed: role, organisation, name of the account."""

    role: Role
    organisation: str
    email: str


# role, kind of organisation, its name, person, account
PEOPLE: tuple[tuple[Role, OrganisationKind, str, str, str], ...] = (
    (
        Role.CITY_OFFICER,
        OrganisationKind.CITY_OFFICE,
        "安阳市知识产权局（演示）",
        "经办甲",
        "office@demo.invalid",
    ),
    (
        Role.CITY_OFFICER,
        OrganisationKind.CITY_OFFICE,
        "安阳市知识产权局（演示）",
        "复核乙",
        "checker@demo.invalid",
    ),
    (
        Role.COUNTY_OFFICER,
        OrganisationKind.COUNTY_OFFICE,
        "文峰区知识产权局（演示）",
        "县区丙",
        "county@demo.invalid",
    ),
    (Role.BANK, OrganisationKind.BANK, "洹水示例银行安阳分行", "客户经理丁", "bank@demo.invalid"),
    (Role.BANK, OrganisationKind.BANK, "太行示例农商银行", "客户经理戊", "bank2@demo.invalid"),
    (
        Role.INSURER,
        OrganisationKind.INSURER,
        "殷都示例财产保险安阳支公司",
        "业务员己",
        "insurer@demo.invalid",
    ),
    (
        Role.GUARANTOR,
        OrganisationKind.GUARANTOR,
        "安阳示例融资担保有限公司",
        "项目经理庚",
        "guarantor@demo.invalid",
    ),
    (Role.AGENCY, OrganisationKind.AGENCY, "安阳示例知识产权服务中心", "评审员辛", "agency@demo.invalid"),
    (Role.AGENCY, OrganisationKind.AGENCY, "殷商示例专利代理事务所", "评审员寅", "agency2@demo.invalid"),
    (Role.AUDITOR, OrganisationKind.AUDITOR, "安阳市审计组（演示）", "审计员壬", "auditor@demo.invalid"),
    (Role.ADMIN, OrganisationKind.OPERATOR, "平台运维（演示）", "管理员癸", "admin@demo.invalid"),
)
ENTERPRISE_ACCOUNT = "firm@demo.invalid"
COUNTY_REGION = "410502"


def accounts(session: Session) -> Sequence[Account]:
    """Return the demonstration's accounts as they stand, one or more for each role."""
    rows = session.execute(
        select(User.role, Organisation.name, User.email)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.email.like("%@demo.invalid"))
        .order_by(User.id)
    )
    return [Account(role, organisation, email) for role, organisation, email in rows]


def open_accounts(session: Session, settings: Settings) -> None:
    """Found the organisations of `PEOPLE` with their accounts, and what the product looks up."""
    seed_reference(session, settings)
    known: dict[str, int] = {}
    for role, kind, organisation, name, email in PEOPLE:
        if organisation not in known:
            region = COUNTY_REGION if kind is OrganisationKind.COUNTY_OFFICE else None
            known[organisation] = create_organisation(
                session, SYSTEM, kind=kind, name=organisation, region_code=region, now=now_utc()
            ).id
        create_user(
            session,
            SYSTEM,
            organisation_id=known[organisation],
            role=role,
            name=name,
            email=email,
            password=PASSWORD,
            now=now_utc(),
            settings=settings,
        )


def open_firm_account(session: Session, settings: Settings) -> None:
    """Give the best firm of the whitelist an account.

    Raises:
        RuntimeError: nobody was admitted, so the demonstration itself is wrong.
    """
    firm = session.scalars(
        select(Enterprise)
        .join(Admission, Admission.enterprise_id == Enterprise.id)
        .order_by(Admission.graded_e4.desc())
    ).first()
    if firm is None:
        raise RuntimeError("the demonstration admitted nobody")
    organisation = create_organisation(
        session,
        SYSTEM,
        kind=OrganisationKind.ENTERPRISE,
        name=firm.name,
        enterprise_id=firm.id,
        now=now_utc(),
    )
    create_user(
        session,
        SYSTEM,
        organisation_id=organisation.id,
        role=Role.ENTERPRISE,
        name="联系人子",
        email=ENTERPRISE_ACCOUNT,
        password=PASSWORD,
        now=now_utc(),
        settings=settings,
    )


def officer(session: Session, email: str) -> Actor:
    """Return the demonstration's person with this account as an actor."""
    return actor_for(session, session.scalars(select(User).where(User.email == email)).one())
