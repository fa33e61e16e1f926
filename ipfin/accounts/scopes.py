"""Whose rows a person may see (scopes), and how much of a score he is shown, as tables to be read.

Decides per role and kind of row only: what he may do with them is decided in `policy`, how a scope becomes
a condition in SQL in `queries.scope`, which fields of a row an institution reads in `consent.levels`.

What stands in no table is closed. Source: the permission core of the product's paper on experience, d8.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ipfin.kernel.actor import SYSTEM, Actor, Role


class Thing(StrEnum):
    """A kind of row that is not everybody's (对象)."""

    ENTERPRISE = "enterprise"  # 企业公开信息
    ENTERPRISE_CONTACT = "enterprise_contact"  # 企业联系人
    CONSENT = "consent"  # 企业授权
    CORRECTION = "correction"  # 更正申请
    VISIT = "visit"  # 入企服务记录
    CONDUCT_RECORD = "conduct_record"  # 失信名册记录
    OUTCOME = "outcome"  # 融资结果
    SCORE_SHEET = "score_sheet"  # 评分表
    IMPORT_BATCH = "import_batch"  # 导入批次
    IMPORT_ROW = "import_row"  # 导入行
    WHITELIST_ROUND = "whitelist_round"  # 白名单批次
    PUSH = "push"  # 机构推送
    SCREENING_TASK = "screening_task"  # 评审任务
    DIRECTORY_ISSUE = "directory_issue"  # 名录期次
    DIRECTORY_DELIVERY = "directory_delivery"  # 名录送达
    EVENT = "event"  # 活动
    REGISTRATION = "registration"  # 报名
    TIMETABLE = "timetable"  # 会谈排期
    DOCUMENT = "document"  # 文件
    JOB = "job"  # 后台任务
    AUDIT_ENTRY = "audit_entry"  # 审计记录
    USER = "user"  # 用户
    ORGANISATION = "organisation"  # 机构
    NOTICE = "notice"  # 站内通知


class Scope(StrEnum):
    """How far a role reaches over the rows of a kind (范围)."""

    ALL = "all"  # 全部
    REGION = "region"  # 本辖区: rows about firms of the actor's regions
    LISTED = "listed"  # 已公开: firms with a valid patent, events that were published
    OWN = "own"  # 本人或本机构
    NONE = "none"  # 无


_ALL, _REGION, _LISTED, _OWN, _NONE = Scope.ALL, Scope.REGION, Scope.LISTED, Scope.OWN, Scope.NONE
_COLUMNS: Final = (
    Role.CITY_OFFICER,
    Role.COUNTY_OFFICER,
    Role.BANK,
    Role.GUARANTOR,
    Role.INSURER,
    Role.ENTERPRISE,
    Role.AGENCY,
    Role.AUDITOR,
    Role.ADMIN,
)
# Agencies reach firms through a review that is assigned to the person, after his declaration (`screening`);
# banks get contacts with a consent.
# fmt: off
_ROWS: Final[Mapping[Thing, tuple[Scope, ...]]] = {
    #                          city     county   bank     guarant. insurer  firm     agency   auditor  admin
    Thing.ENTERPRISE:         (_ALL,    _REGION, _LISTED, _LISTED, _LISTED, _OWN,    _NONE,   _ALL,    _NONE),
    Thing.ENTERPRISE_CONTACT: (_ALL,    _REGION, _NONE,   _NONE,   _NONE,   _OWN,    _NONE,   _ALL,    _NONE),
    Thing.CONSENT:            (_ALL,    _REGION, _OWN,    _OWN,    _OWN,    _OWN,    _NONE,   _ALL,    _NONE),
    Thing.CORRECTION:         (_ALL,    _REGION, _NONE,   _NONE,   _NONE,   _OWN,    _NONE,   _ALL,    _NONE),
    Thing.VISIT:              (_ALL,    _REGION, _NONE,   _NONE,   _NONE,   _NONE,   _NONE,   _ALL,    _NONE),
    Thing.CONDUCT_RECORD:     (_ALL,    _REGION, _NONE,   _NONE,   _NONE,   _NONE,   _NONE,   _ALL,    _NONE),
    Thing.OUTCOME:            (_ALL,    _REGION, _NONE,   _NONE,   _NONE,   _NONE,   _NONE,   _ALL,    _NONE),
    Thing.SCORE_SHEET:        (_ALL,    _REGION, _LISTED, _LISTED, _LISTED, _OWN,    _NONE,   _ALL,    _NONE),
    Thing.IMPORT_BATCH:       (_ALL,    _ALL,    _NONE,   _NONE,   _NONE,   _NONE,   _NONE,   _ALL,    _NONE),
    Thing.IMPORT_ROW:         (_ALL,    _REGION, _NONE,   _NONE,   _NONE,   _NONE,   _NONE,   _ALL,    _NONE),
    Thing.WHITELIST_ROUND:    (_ALL,    _REGION, _NONE,   _NONE,   _NONE,   _NONE,   _NONE,   _ALL,    _NONE),
    Thing.SCREENING_TASK:     (_ALL,    _NONE,   _NONE,   _NONE,   _NONE,   _NONE,   _OWN,    _ALL,    _NONE),
    Thing.PUSH:               (_ALL,    _NONE,   _OWN,    _OWN,    _OWN,    _NONE,   _NONE,   _ALL,    _NONE),
    Thing.DIRECTORY_ISSUE:    (_ALL,    _REGION, _OWN,    _OWN,    _OWN,    _NONE,   _NONE,   _ALL,    _NONE),
    Thing.DIRECTORY_DELIVERY: (_ALL,    _NONE,   _OWN,    _OWN,    _OWN,    _NONE,   _NONE,   _ALL,    _NONE),
    Thing.EVENT:              (_ALL,    _ALL,    _LISTED, _LISTED, _LISTED, _LISTED, _LISTED, _ALL,    _NONE),
    Thing.REGISTRATION:       (_ALL,    _REGION, _OWN,    _OWN,    _OWN,    _OWN,    _NONE,   _ALL,    _NONE),
    Thing.TIMETABLE:          (_ALL,    _REGION, _OWN,    _OWN,    _OWN,    _OWN,    _NONE,   _ALL,    _NONE),
    Thing.DOCUMENT:           (_ALL,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _ALL,    _NONE),
    Thing.JOB:                (_ALL,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _ALL),
    Thing.AUDIT_ENTRY:        (_ALL,    _REGION, _NONE,   _NONE,   _NONE,   _NONE,   _NONE,   _ALL,    _NONE),
    Thing.USER:               (_OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _ALL),
    Thing.ORGANISATION:       (_ALL,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _ALL,    _ALL),
    Thing.NOTICE:             (_OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN,    _OWN),
}
# fmt: on
SCOPES: Final[Mapping[Thing, Mapping[Role, Scope]]] = {
    thing: dict(zip(_COLUMNS, row, strict=True)) for thing, row in _ROWS.items()
}


def scope_for(actor: Actor, thing: Thing) -> Scope:
    """Return how far `actor` reaches over the rows of `thing`; nobody in particular reaches nothing."""
    if actor == SYSTEM:
        return Scope.ALL
    if actor.user_id is None or actor.role is None:
        return Scope.NONE
    return SCOPES[thing][actor.role]


# --- Fields ----------------------------------------------------------------------------------------


class ScoreDetail(StrEnum):
    """How much of a score sheet a role is shown (评分可见程度)."""

    FULL = "full"  # 全部: every indicator with its inputs, points and evidence
    EXPLAINED = "explained"  # 等级与解释项: grade, and the reasons that moved it, without inputs
    SCREENING = "screening"  # 评审资料: as EXPLAINED, for a cleared reviewer on the sheet of his round
    OWN_SUMMARY = "own_summary"  # 本企业分维度得分: by dimension, what is missing, no other firm
    NONE = "none"  # 不可见


SCORE_DETAIL: Final[Mapping[Role, ScoreDetail]] = {
    Role.CITY_OFFICER: ScoreDetail.FULL,
    Role.COUNTY_OFFICER: ScoreDetail.FULL,
    Role.BANK: ScoreDetail.EXPLAINED,
    Role.GUARANTOR: ScoreDetail.EXPLAINED,
    Role.INSURER: ScoreDetail.EXPLAINED,
    Role.ENTERPRISE: ScoreDetail.OWN_SUMMARY,
    Role.AGENCY: ScoreDetail.SCREENING,
    Role.AUDITOR: ScoreDetail.FULL,
    Role.ADMIN: ScoreDetail.NONE,
}


def score_detail(actor: Actor) -> ScoreDetail:
    """Return how much of a score sheet that is in his scope `actor` is shown."""
    if actor == SYSTEM:
        return ScoreDetail.FULL
    return ScoreDetail.NONE if actor.role is None else SCORE_DETAIL[actor.role]
