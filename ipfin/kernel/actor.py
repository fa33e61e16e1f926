"""Who acts: the facts about a person that rules and services may ask for. No session, no Flask."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a user may be (角色). One user has one role, within one organisation."""

    CITY_OFFICER = "city_officer"  # 市局经办
    COUNTY_OFFICER = "county_officer"  # 县区局经办
    BANK = "bank"  # 银行
    INSURER = "insurer"  # 保险
    GUARANTOR = "guarantor"  # 担保
    AGENCY = "agency"  # 专业服务机构
    ENTERPRISE = "enterprise"  # 企业
    AUDITOR = "auditor"  # 审计
    ADMIN = "admin"  # 系统管理员


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request, a command or a job.

    `region_codes` are the GB/T 2260 codes whose firms a county officer may see; empty for the others.
    `user_id` is None only for the system itself (commands, scheduled jobs).
    """

    user_id: int | None
    name: str
    role: Role | None
    organisation_id: int | None = None
    organisation_name: str = ""
    enterprise_id: int | None = None
    region_codes: frozenset[str] = frozenset()


SYSTEM = Actor(user_id=None, name="系统", role=None)
