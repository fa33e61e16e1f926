"""Who may do what (permissions), as a table to be read.

Decides nothing by code that a table can say: `PERMISSIONS` names the roles of every permission. Whose rows
a role reaches is decided in `scopes`; that nobody approves what he prepared himself is decided by the
lifecycles (rounds, issues), because it is about two persons and not about a role.

What stands in no table is closed. Source: the permission core of the product's paper on experience, d8.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Self

from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.errors import NotAllowed
from ipfin.kernel.text import Text, _

# Somebody who is not signed in: may do nothing, sees nothing, but stands in the audit log.
VISITOR: Final = Actor(user_id=None, name="未登录", role=None)

ROLE_LABELS: Final[Mapping[Role, Text]] = {
    Role.CITY_OFFICER: _("市局经办"),
    Role.COUNTY_OFFICER: _("县区局经办"),
    Role.BANK: _("银行"),
    Role.INSURER: _("保险"),
    Role.GUARANTOR: _("担保"),
    Role.AGENCY: _("专业服务机构"),
    Role.ENTERPRISE: _("企业"),
    Role.AUDITOR: _("审计"),
    Role.ADMIN: _("系统管理员"),
}

# --- Permissions -----------------------------------------------------------------------------------


class Permission(StrEnum):
    """Something that a person may be allowed to do (权限): `<audience>:<resource>:<action>`.

    The first word is the audience whose pages these are, so that an address, its permission and its
    template stand in the same place. `label` is what a refusal and the permission page call it.
    """

    label: Text

    def __new__(cls, value: str, label: Text) -> Self:
        """Make the member a string of its value that knows its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    OFFICE_WORKBENCH_READ = "office:workbench:read", _("工作台")
    OFFICE_IMPORT_READ = "office:import:read", _("查看导入批次")
    OFFICE_IMPORT_WRITE = "office:import:write", _("导入、撤销")
    OFFICE_ENTERPRISES_READ = "office:enterprises:read", _("查看企业")
    OFFICE_ENTERPRISES_EXPORT = "office:enterprises:export", _("导出企业")
    OFFICE_CONTACTS_WRITE = "office:contacts:write", _("登记企业联系人")
    OFFICE_CONTACTS_REVEAL = "office:contacts:reveal", _("显示企业联系人的完整联系方式")
    OFFICE_TAGS_WRITE = "office:tags:write", _("给企业加标签")
    OFFICE_VISITS_READ = "office:visits:read", _("查看入企服务记录")
    OFFICE_VISITS_WRITE = "office:visits:write", _("登记入企服务记录")
    OFFICE_VISITS_EXPORT = "office:visits:export", _("导出入企服务记录")
    OFFICE_MATCH_READ = "office:match:read", _("查看重复企业")
    OFFICE_MATCH_WRITE = "office:match:write", _("归并企业、撤销归并")
    OFFICE_SCORES_READ = "office:scores:read", _("查看评分")
    OFFICE_SCORES_RUN = "office:scores:run", _("运行评分")
    OFFICE_SCORES_REBASE = "office:scores:rebase", _("提出更换同类参照")
    OFFICE_SCORES_CONFIRM = "office:scores:confirm", _("复核并启用同类参照")
    OFFICE_CARDS_READ = "office:cards:read", _("查看评分卡草稿与模拟")
    OFFICE_CARDS_DRAFT = "office:cards:draft", _("起草、提交评分卡")
    OFFICE_CARDS_APPROVE = "office:cards:approve", _("复核并启用评分卡")
    OFFICE_ROUNDS_READ = "office:rounds:read", _("查看白名单批次")
    OFFICE_ROUNDS_PREPARE = "office:rounds:prepare", _("编制白名单批次")
    OFFICE_ROUNDS_APPROVE = "office:rounds:approve", _("复核并发布白名单")
    OFFICE_OUTCOMES_READ = "office:outcomes:read", _("查看融资结果")
    OFFICE_OUTCOMES_WRITE = "office:outcomes:write", _("登记、撤回融资结果")
    OFFICE_OUTCOMES_EXPORT = "office:outcomes:export", _("导出融资结果")
    OFFICE_CALIBRATION_READ = "office:calibration:read", _("查看评分校准")
    OFFICE_SCREENING_READ = "office:screening:read", _("查看机构筛查")
    OFFICE_SCREENING_WRITE = "office:screening:write", _("组织机构筛查")
    OFFICE_CONDUCT_READ = "office:conduct:read", _("查看失信名册")
    OFFICE_CONDUCT_WRITE = "office:conduct:write", _("登记、解除名册记录，设定期限规则")
    OFFICE_CONDUCT_EXPORT = "office:conduct:export", _("导出失信名册")
    OFFICE_OBJECTIONS_READ = "office:objections:read", _("查看公示异议")
    OFFICE_OBJECTIONS_WRITE = "office:objections:write", _("答复公示异议")
    OFFICE_PUSHES_READ = "office:pushes:read", _("查看机构推送的企业")
    OFFICE_PUSHES_WRITE = "office:pushes:write", _("确认推送企业为候选")
    OFFICE_ISSUES_READ = "office:issues:read", _("查看名录期次")
    OFFICE_ISSUES_PREPARE = "office:issues:prepare", _("编制名录")
    OFFICE_ISSUES_APPROVE = "office:issues:approve", _("复核并发布名录")
    OFFICE_ISSUES_RECALL = "office:issues:recall", _("作废名录")
    OFFICE_EVENTS_READ = "office:events:read", _("查看活动")
    OFFICE_EVENTS_EXPORT = "office:events:export", _("导出报名表")
    OFFICE_EVENTS_WRITE = "office:events:write", _("组织活动、排期")
    OFFICE_ATTENDANCE_WRITE = "office:attendance:write", _("活动现场签到")
    OFFICE_CORRECTIONS_READ = "office:corrections:read", _("查看更正申请")
    OFFICE_CORRECTIONS_WRITE = "office:corrections:write", _("办理更正申请")
    OFFICE_CONSENTS_READ = "office:consents:read", _("查看授权台账")
    OFFICE_CONSENTS_EXPORT = "office:consents:export", _("导出授权台账")
    OFFICE_JOBS_READ = "office:jobs:read", _("查看后台任务")

    BANK_WORKBENCH_READ = "bank:workbench:read", _("工作台")
    BANK_FIRMS_READ = "bank:firms:read", _("查看企业名录")
    BANK_FIRMS_EXPORT = "bank:firms:export", _("导出筛选结果")
    BANK_ISSUES_READ = "bank:issues:read", _("查看送达的名录")
    BANK_ISSUES_CONFIRM = "bank:issues:confirm", _("签收名录")
    BANK_EVENTS_READ = "bank:events:read", _("查看活动")
    BANK_EVENTS_REGISTER = "bank:events:register", _("报名、提交会谈意愿")
    BANK_PUSHES_READ = "bank:pushes:read", _("查看本机构的推送")
    BANK_PUSHES_WRITE = "bank:pushes:write", _("推送企业、取得约定事项")
    BANK_CONSENTS_READ = "bank:consents:read", _("查看企业对本机构的授权")
    BANK_CONSENTS_WRITE = "bank:consents:write", _("登记个人信息保护联系方式")

    INSURER_WORKBENCH_READ = "insurer:workbench:read", _("工作台")
    INSURER_FIRMS_READ = "insurer:firms:read", _("查看企业名录")
    INSURER_FIRMS_EXPORT = "insurer:firms:export", _("导出筛选结果")
    INSURER_ISSUES_READ = "insurer:issues:read", _("查看送达的名录")
    INSURER_ISSUES_CONFIRM = "insurer:issues:confirm", _("签收名录")
    INSURER_EVENTS_READ = "insurer:events:read", _("查看活动")
    INSURER_EVENTS_REGISTER = "insurer:events:register", _("报名、提交会谈意愿")
    INSURER_PUSHES_READ = "insurer:pushes:read", _("查看本机构的推送")
    INSURER_PUSHES_WRITE = "insurer:pushes:write", _("推送企业、取得约定事项")
    INSURER_CONSENTS_READ = "insurer:consents:read", _("查看企业对本机构的授权")
    INSURER_CONSENTS_WRITE = "insurer:consents:write", _("登记个人信息保护联系方式")

    ENTERPRISE_WORKBENCH_READ = "enterprise:workbench:read", _("工作台")
    ENTERPRISE_PROFILE_READ = "enterprise:profile:read", _("查看本企业档案与专利")
    ENTERPRISE_PROFILE_WRITE = "enterprise:profile:write", _("维护本企业联系人")
    ENTERPRISE_SCORE_READ = "enterprise:score:read", _("查看本企业评分")
    ENTERPRISE_EVENTS_READ = "enterprise:events:read", _("查看活动与本企业日程")
    ENTERPRISE_EVENTS_REGISTER = "enterprise:events:register", _("报名、提交会谈意愿")
    ENTERPRISE_CORRECTIONS_READ = "enterprise:corrections:read", _("查看本企业的更正申请")
    ENTERPRISE_CORRECTIONS_WRITE = "enterprise:corrections:write", _("申请更正")
    ENTERPRISE_CONSENTS_READ = "enterprise:consents:read", _("查看本企业的授权与使用记录")
    ENTERPRISE_CONSENTS_WRITE = "enterprise:consents:write", _("授权、缩短、撤回")

    AGENCY_WORKBENCH_READ = "agency:workbench:read", _("工作台")
    AGENCY_SCREENING_READ = "agency:screening:read", _("查看分配给本人的评审任务")
    AGENCY_SCREENING_WRITE = "agency:screening:write", _("申报利益冲突、评审")
    AGENCY_SCREENING_EXPORT = "agency:screening:export", _("导出本人的评审记录")

    AUDITOR_WORKBENCH_READ = "auditor:workbench:read", _("工作台")
    AUDITOR_LOG_READ = "auditor:log:read", _("查看审计记录")
    AUDITOR_LOG_EXPORT = "auditor:log:export", _("导出审计记录")
    AUDITOR_CHAIN_VERIFY = "auditor:chain:verify", _("校验审计链")

    ADMIN_WORKBENCH_READ = "admin:workbench:read", _("工作台")
    ADMIN_USERS_READ = "admin:users:read", _("查看用户")
    ADMIN_USERS_WRITE = "admin:users:write", _("邀请、停用、重置用户")
    ADMIN_ORGANISATIONS_READ = "admin:organisations:read", _("查看机构")
    ADMIN_ORGANISATIONS_WRITE = "admin:organisations:write", _("新增、停用机构")
    ADMIN_JOBS_READ = "admin:jobs:read", _("查看后台任务")
    ADMIN_JOBS_WRITE = "admin:jobs:write", _("重试、停止后台任务")
    ADMIN_HEALTH_READ = "admin:health:read", _("查看运行状态")

    ACCOUNT_SELF_READ = "account:self:read", _("本人账户与站内通知")
    ACCOUNT_SELF_WRITE = "account:self:write", _("修改本人密码、动态口令、通知状态")
    ACCOUNT_JOBS_READ = "account:jobs:read", _("本人发起的后台任务")
    ACCOUNT_MODEL_READ = "account:model:read", _("查看评分办法")
    ACCOUNT_DOCUMENTS_READ = "account:documents:read", _("下载出具给本机构的文件")

    @property
    def audience(self) -> str:
        """Whose pages the permission belongs to: the first word."""
        return self.value.split(":")[0]


P = Permission
_CITY = frozenset({Role.CITY_OFFICER})
_OFFICE = frozenset({Role.CITY_OFFICER, Role.COUNTY_OFFICER})
# The auditor reads the office's own pages instead of copies of them, and may change nothing there.
_OFFICE_AND_AUDITOR = _OFFICE | {Role.AUDITOR}
# Guarantors stand beside banks in a loan, so they use the bank's pages; their rows are their own.
_LENDERS = frozenset({Role.BANK, Role.GUARANTOR})
_INSURER = frozenset({Role.INSURER})
_ENTERPRISE = frozenset({Role.ENTERPRISE})
_AGENCY = frozenset({Role.AGENCY})
_AUDITOR = frozenset({Role.AUDITOR})
_ADMIN = frozenset({Role.ADMIN})
_EVERYONE = frozenset(Role)

PERMISSIONS: Final[Mapping[Permission, frozenset[Role]]] = {
    # The office reads: city all, county its region, auditor all.
    P.OFFICE_IMPORT_READ: _OFFICE_AND_AUDITOR,
    P.OFFICE_ENTERPRISES_READ: _OFFICE_AND_AUDITOR,
    P.OFFICE_VISITS_READ: _OFFICE_AND_AUDITOR,
    P.OFFICE_MATCH_READ: _OFFICE_AND_AUDITOR,
    P.OFFICE_SCORES_READ: _OFFICE_AND_AUDITOR,
    P.OFFICE_ROUNDS_READ: _OFFICE_AND_AUDITOR,
    P.OFFICE_CONDUCT_READ: _OFFICE_AND_AUDITOR,
    P.OFFICE_ISSUES_READ: _OFFICE_AND_AUDITOR,
    # What is being drafted is the city's own, and the auditor's; cards in force are read with the scores.
    P.OFFICE_CARDS_READ: _CITY | {Role.AUDITOR},
    P.OFFICE_OUTCOMES_READ: _OFFICE_AND_AUDITOR,
    # Calibration counts the firms of the whole city: the city's to know, and the auditor's.
    P.OFFICE_CALIBRATION_READ: _CITY | {Role.AUDITOR},
    # Who reviews whom is the city's to know, and the auditor's.
    P.OFFICE_SCREENING_READ: _CITY | {Role.AUDITOR},
    # What institutions ask about firms is between them and the city.
    P.OFFICE_PUSHES_READ: _CITY | {Role.AUDITOR},
    P.OFFICE_EVENTS_READ: _OFFICE_AND_AUDITOR,
    P.OFFICE_CORRECTIONS_READ: _OFFICE_AND_AUDITOR,
    P.OFFICE_CONSENTS_READ: _OFFICE_AND_AUDITOR,
    # The ledger of consents is a log: whoever reads it may take it away, and that is logged.
    P.OFFICE_CONSENTS_EXPORT: _OFFICE_AND_AUDITOR,
    # Workbench, jobs and exports are for those who work there: the auditor exports the log only.
    P.OFFICE_WORKBENCH_READ: _OFFICE,
    P.OFFICE_JOBS_READ: _OFFICE,
    P.OFFICE_ENTERPRISES_EXPORT: _OFFICE,
    P.OFFICE_VISITS_EXPORT: _OFFICE,
    P.OFFICE_CONDUCT_EXPORT: _OFFICE,
    P.OFFICE_EVENTS_EXPORT: _OFFICE,
    # Whoever helps at the door checks in, the counties their own firms; taking a mark back is the city's.
    P.OFFICE_ATTENDANCE_WRITE: _OFFICE,
    # Being in touch with firms is the counties' work as much as the city's, each with its own firms.
    P.OFFICE_CONTACTS_WRITE: _OFFICE,
    P.OFFICE_CONTACTS_REVEAL: _OFFICE,
    P.OFFICE_TAGS_WRITE: _OFFICE,
    P.OFFICE_VISITS_WRITE: _OFFICE,
    # Deciding and publishing: the city only, as maker and checker (two persons, see the lifecycles).
    P.OFFICE_IMPORT_WRITE: _CITY,
    P.OFFICE_CONDUCT_WRITE: _CITY,
    P.OFFICE_PUSHES_WRITE: _CITY,
    P.OFFICE_MATCH_WRITE: _CITY,
    P.OFFICE_SCORES_RUN: _CITY,
    P.OFFICE_SCORES_REBASE: _CITY,
    P.OFFICE_SCORES_CONFIRM: _CITY,
    P.OFFICE_CARDS_DRAFT: _CITY,
    P.OFFICE_CARDS_APPROVE: _CITY,
    P.OFFICE_ROUNDS_PREPARE: _CITY,
    P.OFFICE_ROUNDS_APPROVE: _CITY,
    P.OFFICE_OUTCOMES_WRITE: _CITY,
    P.OFFICE_OUTCOMES_EXPORT: _CITY,
    P.OFFICE_SCREENING_WRITE: _CITY,
    # Objections name persons: only who answers them reads them.
    P.OFFICE_OBJECTIONS_READ: _CITY,
    P.OFFICE_OBJECTIONS_WRITE: _CITY,
    P.OFFICE_ISSUES_PREPARE: _CITY,
    P.OFFICE_ISSUES_APPROVE: _CITY,
    P.OFFICE_ISSUES_RECALL: _CITY,
    P.OFFICE_EVENTS_WRITE: _CITY,
    P.OFFICE_CORRECTIONS_WRITE: _CITY,
    # Banks and guarantors: listed firms, and what was delivered to or registered by themselves.
    P.BANK_WORKBENCH_READ: _LENDERS,
    P.BANK_FIRMS_READ: _LENDERS,
    P.BANK_FIRMS_EXPORT: _LENDERS,
    P.BANK_ISSUES_READ: _LENDERS,
    P.BANK_ISSUES_CONFIRM: _LENDERS,
    P.BANK_EVENTS_READ: _LENDERS,
    P.BANK_EVENTS_REGISTER: _LENDERS,
    P.BANK_PUSHES_READ: _LENDERS,
    P.BANK_PUSHES_WRITE: _LENDERS,
    P.BANK_CONSENTS_READ: _LENDERS,
    P.BANK_CONSENTS_WRITE: _LENDERS,
    # Insurers: the same on pages of their own, which later get their own filters.
    P.INSURER_WORKBENCH_READ: _INSURER,
    P.INSURER_FIRMS_READ: _INSURER,
    P.INSURER_FIRMS_EXPORT: _INSURER,
    P.INSURER_ISSUES_READ: _INSURER,
    P.INSURER_ISSUES_CONFIRM: _INSURER,
    P.INSURER_EVENTS_READ: _INSURER,
    P.INSURER_EVENTS_REGISTER: _INSURER,
    P.INSURER_PUSHES_READ: _INSURER,
    P.INSURER_PUSHES_WRITE: _INSURER,
    P.INSURER_CONSENTS_READ: _INSURER,
    P.INSURER_CONSENTS_WRITE: _INSURER,
    # Enterprises: themselves.
    P.ENTERPRISE_WORKBENCH_READ: _ENTERPRISE,
    P.ENTERPRISE_PROFILE_READ: _ENTERPRISE,
    P.ENTERPRISE_PROFILE_WRITE: _ENTERPRISE,
    P.ENTERPRISE_SCORE_READ: _ENTERPRISE,
    P.ENTERPRISE_EVENTS_READ: _ENTERPRISE,
    P.ENTERPRISE_EVENTS_REGISTER: _ENTERPRISE,
    P.ENTERPRISE_CORRECTIONS_READ: _ENTERPRISE,
    P.ENTERPRISE_CORRECTIONS_WRITE: _ENTERPRISE,
    P.ENTERPRISE_CONSENTS_READ: _ENTERPRISE,
    P.ENTERPRISE_CONSENTS_WRITE: _ENTERPRISE,
    # Agencies: the reviews that are assigned to the person himself.
    P.AGENCY_WORKBENCH_READ: _AGENCY,
    P.AGENCY_SCREENING_READ: _AGENCY,
    P.AGENCY_SCREENING_WRITE: _AGENCY,
    P.AGENCY_SCREENING_EXPORT: _AGENCY,
    # The auditor reads, checks and exports the log.
    P.AUDITOR_WORKBENCH_READ: _AUDITOR,
    P.AUDITOR_LOG_READ: _AUDITOR,
    P.AUDITOR_LOG_EXPORT: _AUDITOR,
    P.AUDITOR_CHAIN_VERIFY: _AUDITOR,
    # The administrator runs the house and holds no business permission.
    P.ADMIN_WORKBENCH_READ: _ADMIN,
    P.ADMIN_USERS_READ: _ADMIN,
    P.ADMIN_USERS_WRITE: _ADMIN,
    P.ADMIN_ORGANISATIONS_READ: _ADMIN,
    P.ADMIN_ORGANISATIONS_WRITE: _ADMIN,
    P.ADMIN_JOBS_READ: _ADMIN,
    P.ADMIN_JOBS_WRITE: _ADMIN,
    P.ADMIN_HEALTH_READ: _ADMIN,
    # Everybody who is signed in: his own account, the jobs he asked for, the files made out to him.
    P.ACCOUNT_SELF_READ: _EVERYONE,
    P.ACCOUNT_SELF_WRITE: _EVERYONE,
    P.ACCOUNT_JOBS_READ: _EVERYONE,
    P.ACCOUNT_DOCUMENTS_READ: _EVERYONE - _ADMIN,
    # How scores are made is told to everybody who is scored or reads scores.
    P.ACCOUNT_MODEL_READ: _EVERYONE - _ADMIN,
}


PERMISSION_LABELS: Final[Mapping[Permission, Text]] = {permission: permission.label for permission in P}


def may(actor: Actor, permission: Permission) -> bool:
    """Return whether the table gives `actor` the permission.

    The system itself (commands and scheduled jobs of whoever runs the server) may everything; that no
    request is ever answered in its name is the duty of `web`.
    """
    return actor == SYSTEM or (actor.user_id is not None and actor.role in PERMISSIONS[permission])


def require(actor: Actor, permission: Permission) -> None:
    """Refuse an actor without the permission.

    Raises:
        NotAllowed: names the permission and whom to ask.
    """
    if not may(actor, permission):
        raise NotAllowed(
            _("您没有“%(permission)s”的权限，如工作需要请联系系统管理员。", permission=permission.label)
        )


def permissions_of(role: Role) -> frozenset[Permission]:
    """Return everything that `role` may do."""
    return frozenset(permission for permission, roles in PERMISSIONS.items() if role in roles)


# --- Second factor ---------------------------------------------------------------------------------

# Whoever sees more than his own firm proves himself twice; firms may, and are not made to.
SECOND_FACTOR_ROLES: Final = frozenset(Role) - _ENTERPRISE


def requires_second_factor(role: Role) -> bool:
    """Return whether people of `role` must enrol an authenticator, where the house asks for any."""
    return role in SECOND_FACTOR_ROLES
