"""Every action that may stand in the audit log, with its sentence for people. Pure.

Decides which codes exist and how they read; an unknown code cannot be recorded. The `%(name)s` places
are filled from the entry's detail, so recording an action without one of them is refused as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ipfin.kernel.text import Text, _

_PLACE = re.compile(r"%\((\w+)\)s")
MISSING = "—"
"""Shown for a value that an old entry does not hold."""

_ACCOUNTS: dict[str, Text] = {
    "accounts.organisation.created": _("新增机构%(name)s"),
    "accounts.organisation.changed": _("修改机构%(name)s"),
    "accounts.keys.resealed": _("把加密保存的内容改用现密钥：改动%(rows)s行"),
    "accounts.user.created": _("新增用户%(name)s"),
    "accounts.user.changed": _("修改用户%(name)s"),
    "accounts.user.disabled": _("停用用户%(name)s"),
    "accounts.user.enabled": _("启用用户%(name)s"),
    "accounts.session.opened": _("登录"),
    "accounts.session.closed": _("退出登录"),
    "accounts.session.ended": _("会话被终止：%(reason)s"),
    "accounts.session.refused": _("登录被拒绝：%(reason)s"),
    "accounts.account.locked": _("登录失败次数过多，账号暂时锁定"),
    "accounts.password.changed": _("修改密码"),
    "accounts.password.reset": _("重置密码"),
    "accounts.factor.enrolled": _("绑定动态口令"),
    "accounts.factor.removed": _("解除动态口令"),
    "accounts.factor.refused": _("动态口令校验未通过"),
    "accounts.recovery.used": _("使用恢复码登录"),
    "accounts.recovery.renewed": _("重新生成恢复码"),
    "accounts.invitation.made": _("邀请%(email)s加入%(organisation)s"),
    "accounts.invitation.accepted": _("接受邀请，启用账号"),
    "accounts.invitation.revoked": _("撤销对%(email)s的邀请"),
}

_REGISTRY: dict[str, Text] = {
    "registry.batch.uploaded": _("上传名单%(filename)s"),
    "registry.batch.checked": _("预检名单%(filename)s：共%(rows_read)s行，退回%(rows_refused)s行"),
    "registry.batch.committed": _(
        "写入名单%(filename)s：新增%(rows_new)s行，变更%(rows_changed)s行，"
        "未变%(rows_unchanged)s行，退回%(rows_refused)s行"
    ),
    "registry.batch.undone": _("撤销名单%(filename)s的写入"),
    "registry.batch.failed": _("名单%(filename)s写入失败：%(reason)s"),
    "registry.enterprise.listed": _("按工商登记名单登记%(before)s的名称或代码：%(name)s，%(credit_code)s"),
    "registry.fact.recorded": _("登记%(name)s的事实（%(kind)s，%(as_of)s）"),
    "registry.match.searched": _("查找重复企业：%(firms)s家企业比对%(compared)s对，新增%(found)s对待确认"),
    "registry.match.decided": _("就%(first)s与%(second)s是否同一家定为“%(verdict)s”：%(reason)s"),
    "registry.match.merged": _("将%(name)s并入%(into)s：%(reason)s"),
    "registry.conflict.decided": _(
        "就%(about)s的%(field)s（库中“%(held)s”、名单“%(told)s”）决定“%(verdict)s”：%(reason)s"
    ),
    "registry.conflict.reopened": _(
        "撤销就%(about)s的%(field)s（库中“%(held)s”、名单“%(told)s”）所作的决定“%(verdict)s”：%(reason)s"
    ),
    "registry.match.undone": _("撤销将%(name)s并入%(into)s：%(reason)s"),
}

_LIAISON: dict[str, Text] = {
    "registry.tag.added": _("给%(name)s加上标签“%(tag)s”"),
    "registry.tag.removed": _("取消%(name)s的标签“%(tag)s”"),
    "liaison.contact.added": _("登记%(name)s的一名联系人"),
    "liaison.contact.changed": _("修改%(name)s的一名联系人"),
    "liaison.contact.main": _("更换%(name)s的主联系人"),
    "liaison.contact.removed": _("删除%(name)s的一名联系人"),
    "liaison.contact.revealed": _("查看%(name)s一名联系人的完整联系方式"),
    "liaison.visit.recorded": _("登记%(day)s对%(name)s的走访"),
    "liaison.visit.changed": _("修改%(day)s对%(name)s的走访记录"),
    "liaison.visit.done": _("完成%(day)s走访%(name)s后的跟进事项"),
    "liaison.visit.reopened": _("重新打开%(day)s走访%(name)s后的跟进事项"),
    "liaison.visit.voided": _("作废%(day)s对%(name)s的走访记录"),
}

_WHITELIST: dict[str, Text] = {
    "whitelist.card.founded": _("随安装启用评分卡%(card)s %(version)s，自%(active_from)s起（未经两人办理）"),
    "whitelist.card.activated": _("启用评分卡%(card)s %(version)s"),  # before it took two persons
    "whitelist.card.approved": _(
        "批准启用评分卡%(card)s %(version)s，自%(active_from)s起（提交人：%(submitted_by)s）"
    ),
    "whitelist.card.dropped": _("撤销评分卡%(card)s %(version)s自%(active_from)s起的启用安排：%(reason)s"),
    "whitelist.draft.opened": _("起草评分卡（草稿第%(number)s号）"),
    "whitelist.draft.saved": _("修改评分卡草稿第%(number)s号"),
    "whitelist.draft.reopened": _("修改待复核的评分卡草稿第%(number)s号，原提交作废"),
    "whitelist.draft.simulated": _("模拟评分卡草稿第%(number)s号：入选%(entered)s家，落选%(left)s家"),
    "whitelist.draft.submitted": _("提交评分卡草稿第%(number)s号（%(card)s %(version)s）复核：%(reason)s"),
    "whitelist.draft.returned": _("退回评分卡草稿第%(number)s号：%(reason)s"),
    "whitelist.draft.withdrawn": _("撤回评分卡草稿第%(number)s号：%(reason)s"),
    "whitelist.scores.rescored": _(
        "按评分卡%(card)s %(version)s重算有变动的企业%(changed)s家，其余沿用第%(base)s次评分，共%(firms)s家"
    ),
    "whitelist.scores.run": _("按评分卡%(card)s %(version)s评分，共%(firms)s家企业"),
    "whitelist.cohorts.founded": _("第一次评分时建立同类参照第%(version)s版，依据%(patents)s件专利"),
    "whitelist.cohorts.proposed": _("提出更换同类参照（第%(version)s版，%(patents)s件专利）：%(reason)s"),
    "whitelist.cohorts.approved": _("启用同类参照第%(version)s版（提出人：%(proposed_by)s）"),
    "whitelist.cohorts.withdrawn": _("不更换同类参照（第%(version)s版）：%(reason)s"),
    "whitelist.robustness.examined": _("检验第%(run)s次评分的稳健性，抽样%(draws)s次，边缘企业%(edge)s家"),
    "whitelist.declaration.asked": _("请%(name)s在%(due_on)s前申报：%(items)s"),
    "whitelist.declaration.withdrawn": _("取消对%(name)s申报“%(item)s”的要求"),
    "whitelist.round.prepared": _("编制白名单第%(number)s批"),
    "whitelist.round.submitted": _("提交白名单第%(number)s批复核"),
    "whitelist.round.published": _("发布白名单第%(number)s批，入选%(admitted)s家"),
    "whitelist.round.returned": _("退回白名单第%(number)s批：%(reason)s"),
    "whitelist.round.withdrawn": _("撤回白名单第%(number)s批：%(reason)s"),
    "whitelist.round.noticed": _("公示白名单第%(number)s批，%(named)s家，%(first)s至%(last)s"),
    "whitelist.objection.filed": _("白名单第%(number)s批公示收到异议"),
    "whitelist.objection.upheld": _("认定白名单第%(number)s批的一件异议成立"),
    "whitelist.objection.dismissed": _("认定白名单第%(number)s批的一件异议不成立"),
    "whitelist.objection.revealed": _("查看白名单第%(number)s批异议人的联系方式"),
    "whitelist.gate.waived": _("白名单第%(number)s批不查询%(code)s：%(reason)s"),
    "whitelist.override.proposed": _("提出调整%(name)s的结论为%(outcome)s：%(reason)s"),
    "whitelist.override.approved": _("确认调整%(name)s的结论为%(outcome)s：%(reason)s"),
    "whitelist.override.dropped": _("撤销对%(name)s结论的调整"),
    "whitelist.candidate.proposed": _("按%(organisation)s的推送，将%(name)s列为下一批候选"),
    "whitelist.task.opened": _("%(name)s（%(code)s）：%(what)s，期限%(due_on)s"),
    "whitelist.task.closed": _("办结%(name)s的名册待办（%(code)s）：%(note)s"),
    "whitelist.entry.held": _("暂缓%(name)s入选：%(reason)s"),
    "whitelist.admission.ended": _("将%(name)s移出白名单：%(reason)s"),
    "whitelist.flag.recorded": _(
        "登记专利%(number)s的质押登记情形%(code)s：%(word)s（来源：%(source)s，%(on)s）"
    ),
    "whitelist.flag.ended": _("解除专利%(number)s的质押登记情形%(code)s：%(reason)s"),
    "conduct.register.consulted": _("于%(on)s查询%(code)s名册%(register)s，覆盖%(covers)s"),
    "conduct.record.made": _("登记%(name)s的排除情形%(code)s（来源：%(source)s）"),
    "conduct.record.dated": _("按名单登记%(code)s记录的到期日%(expires_on)s"),
    "conduct.record.withdrawn": _("撤销排除情形%(code)s：%(reason)s"),
    "conduct.rule.set": _("设定%(code)s的期限规则：自%(valid_from)s起列入的，%(term)s（%(basis)s）"),
    "outcomes.outcome.entered": _("登记%(name)s的融资结果“%(kind)s”（%(day)s，来源：%(source)s）"),
    "outcomes.outcome.withdrawn": _("撤回%(name)s的融资结果“%(kind)s”（%(day)s）：%(reason)s"),
}

_PUSHES: dict[str, Text] = {
    "pushes.push.made": _("推送%(rows)s家企业，反馈约定事项%(found)s家（%(push)s）"),
    "pushes.firm.answered": _("向%(organisation)s反馈约定事项（推送%(push)s）"),
    "pushes.lines.confirmed": _("将推送%(push)s中的%(count)s家企业列为候选"),
    "pushes.lines.declined": _("不将推送%(push)s中的%(count)s家企业列为候选：%(reason)s"),
}

_SCREENING: dict[str, Text] = {
    "screening.opened": _("发起白名单第%(number)s批的机构筛查"),
    "screening.assigned": _("为白名单第%(number)s批分配评审任务%(tasks)s项，涉及%(firms)s家企业"),
    "screening.sampled": _("为白名单第%(number)s批设校准样本，分发%(tasks)s项"),
    "screening.returned": _("退回白名单第%(number)s批的一份评审：%(reason)s"),
    "screening.withdrawn": _("收回白名单第%(number)s批的一项评审任务：%(reason)s"),
    "screening.moved": _("将白名单第%(number)s批的评审截止日改为%(due_on)s"),
    "screening.deliberation": _("白名单第%(number)s批的机构筛查转入合议"),
    "screening.final": _("白名单第%(number)s批的机构筛查定稿"),
    "screening.tie.recorded": _("登记%(house)s与%(name)s的利益关系（%(kind)s）"),
    "screening.tie.ended": _("结束%(house)s与%(name)s的利益关系（%(kind)s）"),
    "screening.review.declared": _("就白名单第%(number)s批的一项评审任务申报利益冲突：%(answer)s"),
    "screening.review.submitted": _("提交白名单第%(number)s批的一份评审"),
    "screening.review.abstained": _("放弃白名单第%(number)s批的一项评审：%(reason)s"),
}

_CONSENT: dict[str, Text] = {
    "consent.given": _("%(name)s授权%(recipient)s为%(purpose)s查看%(set)s，至%(last)s"),
    "consent.narrowed": _("%(name)s将对%(recipient)s的授权（%(purpose)s，%(set)s）缩短至%(last)s"),
    "consent.withdrawn": _("%(name)s撤回对%(recipient)s的授权（%(purpose)s，%(set)s）"),
    "consent.contact.set": _("%(name)s登记个人信息保护联系方式：%(contact)s"),
}

_CORRECTIONS: dict[str, Text] = {
    "corrections.request.filed": _("%(name)s申请更正“%(item)s”"),
    "corrections.request.referred": _("将%(name)s关于“%(item)s”的更正申请转来源单位核实：%(reason)s"),
    "corrections.request.asked": _("请%(name)s就“%(item)s”的更正申请补充材料：%(reason)s"),
    "corrections.request.supplemented": _("%(name)s就“%(item)s”的更正申请补充材料"),
    "corrections.request.accepted": _("更正%(name)s的“%(item)s”：%(reason)s"),
    "corrections.request.refused": _("不予更正%(name)s的“%(item)s”：%(reason)s"),
    "corrections.request.withdrawn": _("%(name)s撤回关于“%(item)s”的更正申请"),
}

_REPORTS: dict[str, Text] = {
    "reports.issue.prepared": _("编制名录第%(number)s期，共%(lines)s家"),
    "reports.issue.submitted": _("提交名录第%(number)s期复核"),
    "reports.issue.published": _("发布名录第%(number)s期，送达%(deliveries)s家机构"),
    "reports.issue.recalled": _("召回名录第%(number)s期：%(reason)s"),
    "reports.issue.withdrawn": _("撤回名录第%(number)s期：%(reason)s"),
    "reports.issue.readdressed": _("改定名录第%(number)s期的送达对象"),
    "reports.delivery.received": _("签收名录第%(number)s期"),
    "reports.delivery.reminded": _("提醒%(organisation)s签收名录第%(number)s期"),
    "reports.schedule.changed": _("设置名录自动编制：%(title)s"),
}

_EVENTS: dict[str, Text] = {
    "events.event.created": _("新建活动“%(title)s”"),
    "events.event.copied": _("按以往活动复制为“%(title)s”"),
    "events.programme.changed": _("修改活动“%(title)s”的议程"),
    "events.questions.changed": _("修改活动“%(title)s”的补充问题"),
    "events.event.published": _("发布活动“%(title)s”，开放报名"),
    "events.event.changed": _("修改活动“%(title)s”"),
    "events.event.reopened": _("活动“%(title)s”重新开放报名"),
    "events.event.closed": _("活动“%(title)s”截止报名"),
    "events.event.cancelled": _("取消活动“%(title)s”：%(reason)s"),
    "events.event.finished": _("活动“%(title)s”结束"),
    "events.registration.made": _("%(name)s报名活动“%(title)s”"),
    "events.registration.changed": _("%(name)s修改活动“%(title)s”的报名"),
    "events.registration.cancelled": _("%(name)s取消报名活动“%(title)s”"),
    "events.registration.revealed": _("查看%(name)s在活动“%(title)s”报名的联系人完整电话"),
    "events.registration.promoted": _("%(name)s由候补转为已确认"),
    "events.registration.approved": _("%(name)s报名活动“%(title)s”通过审核"),
    "events.registration.rejected": _("%(name)s报名活动“%(title)s”未通过审核：%(reason)s"),
    "events.registration.offered": _("有名额空出，请%(name)s答复是否参加活动“%(title)s”"),
    "events.registration.accepted": _("%(name)s答复参加活动“%(title)s”"),
    "events.registration.declined": _("%(name)s放弃活动“%(title)s”的名额"),
    "events.offer.accepted": _("代%(name)s答复参加活动“%(title)s”：%(reason)s"),
    "events.offer.declined": _("代%(name)s放弃活动“%(title)s”的名额：%(reason)s"),
    "events.registration.lapsed": _("%(name)s逾期未答复活动“%(title)s”的名额"),
    "events.registration.extended": _("延长%(name)s在活动“%(title)s”的答复期限：%(reason)s"),
    "events.registration.restored": _("恢复%(name)s在活动“%(title)s”的报名顺序：%(reason)s"),
    "events.registration.replaced": _("%(name)s更换活动“%(title)s”的参会人"),
    "events.wish.set": _("登记会谈意愿"),
    "events.proposal.made": _("提议%(firm)s与%(institution)s洽谈：%(reason)s"),
    "events.proposal.withdrawn": _("撤回%(firm)s与%(institution)s的洽谈提议"),
    "events.meeting.must": _("把%(firm)s与%(institution)s的洽谈定为必排"),
    "events.meeting.fixed": _("指定%(firm)s与%(institution)s在第%(slot)s时段洽谈"),
    "events.meeting.released": _("取消%(firm)s与%(institution)s的指定洽谈"),
    "events.minimum.set": _("%(name)s的最低场次定为%(least)s场"),
    "events.minimum.dropped": _("取消为%(name)s单独定的最低场次"),
    "events.order.set": _("定先后：%(earlier)s先于%(later)s"),
    "events.order.dropped": _("取消先后：%(earlier)s先于%(later)s"),
    "events.preference.set": _("%(name)s登记洽谈偏好"),
    "events.weights.set": _("撮合权重改为第%(number)s版：%(reason)s"),
    "events.absence.set": _("%(name)s登记不能到场的时段"),
    "events.timetable.made": _("生成第%(number)s版会谈日程，共%(meetings)s场"),
    "events.timetable.published": _("发布第%(number)s版会谈日程，共%(meetings)s场"),
    "events.timetable.locked": _("第%(number)s版会谈日程改为锁定%(locked)s场"),
    "events.timetable.replanned": _(
        "现场由第%(base)s版调整为第%(number)s版会谈日程：取消%(lost)s场、改动%(moved)s场、新增%(added)s场，通知%(told)s家"
    ),
    "events.result.saved": _("%(name)s填报与%(other)s的洽谈成果"),
    "events.step.added": _("登记%(name)s与%(other)s洽谈的后续进展"),
    "events.step.withdrawn": _("撤回%(name)s与%(other)s洽谈的一条后续进展：%(reason)s"),
    "events.results.chased": _("催填活动“%(title)s”的洽谈成果，通知%(count)s人"),
    "events.invitations.sent": _("邀请%(count)s家企业参加活动“%(title)s”"),
    "events.invitation.declined": _("%(name)s谢绝参加活动“%(title)s”"),
    "events.training.set": _("活动“%(title)s”设为%(hours)s学时"),
    "events.training.made": _("生成活动“%(title)s”的培训记录%(count)s条"),
    "events.training.revoked": _("撤销%(name)s%(person)s在“%(title)s”的培训记录：%(reason)s"),
    "events.training.remade": _(
        "为%(name)s%(person)s重新生成“%(title)s”的培训记录%(number)s，代替%(former)s：%(reason)s"
    ),
    "events.material.added": _("为活动“%(title)s”添加资料“%(name)s”"),
    "events.material.opened": _("修改活动“%(title)s”资料“%(name)s”的下载范围"),
    "events.material.removed": _("删除活动“%(title)s”的资料“%(name)s”"),
    "events.reminders.planned": _("修改活动“%(title)s”的提醒计划"),
    "events.reminder.sent": _("发出活动“%(title)s”的提醒，提醒%(count)s家"),
    "events.minutes.saved": _("保存活动“%(title)s”的会议纪要"),
    "events.feedback.given": _("%(name)s填写活动“%(title)s”的反馈"),
    "events.attendance.came": _("%(name)s在活动“%(title)s”签到"),
    "events.attendance.accompanied": _("登记%(name)s在活动“%(title)s”的同行人员到场"),
    "events.attendance.alone": _("撤回%(name)s在活动“%(title)s”的同行人员"),
    "events.attendance.late": _("登记%(name)s在活动“%(title)s”晚到"),
    "events.attendance.missing": _("登记%(name)s未到活动“%(title)s”"),
    "events.attendance.undone": _("撤销%(name)s在活动“%(title)s”的到场记录：%(reason)s"),
}

_PLATFORM: dict[str, Text] = {
    "documents.issued": _("出具文件《%(title)s》，供%(issued_to)s使用"),
    "documents.downloaded": _("下载文件《%(title)s》"),
    "documents.revoked": _("作废文件《%(title)s》：%(reason)s"),
    "exports.made": _("导出%(name)s，共%(rows)s行"),
    "access.denied": _("访问被拒绝：%(path)s"),
    "audit.chain.verified": _("校验审计链，共%(rows)s条：%(result)s"),
    "jobs.queued": _("提交后台任务%(kind)s"),
    "jobs.finished": _("后台任务%(kind)s完成"),
    "jobs.failed": _("后台任务%(kind)s失败：%(reason)s"),
}

CODES: Mapping[str, Text] = MappingProxyType(
    _ACCOUNTS
    | _REGISTRY
    | _LIAISON
    | _WHITELIST
    | _PUSHES
    | _SCREENING
    | _CONSENT
    | _CORRECTIONS
    | _REPORTS
    | _EVENTS
    | _PLATFORM
)


def check(action: str, detail: Mapping[str, Any]) -> None:
    """Refuse an action that has no sentence, or a detail that cannot fill it.

    Raises:
        ValueError: the code is unknown, or a place of its sentence has no value.
    """
    if action not in CODES:
        raise ValueError(f"unknown audit code {action!r}: give it a sentence in ipfin/audit/codes.py")
    missing = places(action) - set(detail)
    if missing:
        raise ValueError(f"the sentence of {action} needs {sorted(missing)}")


def places(action: str) -> frozenset[str]:
    """Return the names of the values that the sentence of `action` shows."""
    return frozenset(_PLACE.findall(CODES[action].template))


def sentence(action: str, detail: Mapping[str, Any]) -> Text:
    """Return what happened as a sentence; codes and values that are no more known do not fail."""
    template = CODES.get(action)
    if template is None:
        return _("%(action)s", action=action)
    return Text(template.template, {name: detail.get(name, MISSING) for name in places(action)})
