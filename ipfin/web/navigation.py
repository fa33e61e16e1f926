"""What stands in the navigation of each role: only pages that the person may open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from ipfin.accounts.policy import P, may
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.text import Text, _


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation."""

    label: Text
    icon: str  # name of a Bootstrap icon
    endpoint: str
    permission: P
    also: tuple[str, ...] = ()  # blueprints whose pages belong under this line as well

    @property
    def blueprints(self) -> tuple[str, ...]:
        """The blueprints on whose pages this line is the present one."""
        return (self.endpoint.split(".")[0], *self.also)


# In the order in which the work is done.
ENTRIES: tuple[Entry, ...] = (
    Entry(_("工作台"), "grid", "office_home.index", P.OFFICE_WORKBENCH_READ),
    Entry(_("名单导入"), "box-arrow-in-down", "office_imports.index", P.OFFICE_IMPORT_READ),
    Entry(
        _("企业"),
        "building",
        "office_enterprises.index",
        P.OFFICE_ENTERPRISES_READ,
        ("office_firm", "office_contacts", "office_declarations", "office_patents", "office_patent_flags"),
    ),
    Entry(_("走访"), "clipboard-check", "office_visits.index", P.OFFICE_VISITS_READ),
    Entry(_("归并"), "union", "office_matching.index", P.OFFICE_MATCH_READ, ("office_conflicts",)),
    Entry(
        _("评分"),
        "speedometer2",
        "office_scores.index",
        P.OFFICE_SCORES_READ,
        ("office_calibration",),
    ),
    Entry(_("评分模型"), "sliders", "office_models.index", P.OFFICE_SCORES_READ, ("office_drafts",)),
    Entry(
        _("白名单"),
        "patch-check",
        "office_rounds.index",
        P.OFFICE_ROUNDS_READ,
        (
            "office_registers",
            "office_conduct",
            "office_terms",
            "office_gate_tasks",
            "office_objections",
            "office_overrides",
            "office_override_lists",
            "office_admissions",
        ),
    ),
    Entry(_("机构筛查"), "ui-checks", "office_screening.index", P.OFFICE_SCREENING_READ),
    Entry(_("机构推送"), "send", "office_pushes.index", P.OFFICE_PUSHES_READ),
    Entry(_("融资结果"), "cash-coin", "office_outcomes.index", P.OFFICE_OUTCOMES_READ),
    Entry(_("企业名录"), "journal-text", "office_issues.index", P.OFFICE_ISSUES_READ),
    Entry(_("活动"), "calendar-event", "office_events.index", P.OFFICE_EVENTS_READ),
    Entry(_("更正申请"), "pencil-square", "office_corrections.index", P.OFFICE_CORRECTIONS_READ),
    Entry(_("授权台账"), "key", "office_consents.index", P.OFFICE_CONSENTS_READ),
    Entry(_("后台任务"), "hourglass-split", "office_jobs.index", P.OFFICE_JOBS_READ),
    Entry(_("工作台"), "grid", "bank_home.index", P.BANK_WORKBENCH_READ),
    Entry(_("企业"), "building", "bank_firms.index", P.BANK_FIRMS_READ),
    Entry(_("企业名录"), "journal-text", "bank_issues.index", P.BANK_ISSUES_READ),
    Entry(_("活动"), "calendar-event", "bank_events.index", P.BANK_EVENTS_READ),
    Entry(_("企业推送"), "send", "bank_pushes.index", P.BANK_PUSHES_READ),
    Entry(_("企业授权"), "key", "bank_consents.index", P.BANK_CONSENTS_READ),
    Entry(_("工作台"), "grid", "insurer_home.index", P.INSURER_WORKBENCH_READ),
    Entry(_("企业"), "building", "insurer_firms.index", P.INSURER_FIRMS_READ),
    Entry(_("企业名录"), "journal-text", "insurer_issues.index", P.INSURER_ISSUES_READ),
    Entry(_("活动"), "calendar-event", "insurer_events.index", P.INSURER_EVENTS_READ),
    Entry(_("企业推送"), "send", "insurer_pushes.index", P.INSURER_PUSHES_READ),
    Entry(_("企业授权"), "key", "insurer_consents.index", P.INSURER_CONSENTS_READ),
    Entry(_("工作台"), "grid", "enterprise_home.index", P.ENTERPRISE_WORKBENCH_READ),
    Entry(_("企业档案"), "building", "enterprise_profile.show", P.ENTERPRISE_PROFILE_READ),
    Entry(_("我的专利"), "file-earmark-text", "enterprise_patents.index", P.ENTERPRISE_PROFILE_READ),
    Entry(_("我的评分"), "speedometer2", "enterprise_score.show", P.ENTERPRISE_SCORE_READ),
    Entry(_("活动"), "calendar-event", "enterprise_events.index", P.ENTERPRISE_EVENTS_READ),
    Entry(_("更正申请"), "pencil-square", "enterprise_corrections.index", P.ENTERPRISE_CORRECTIONS_READ),
    Entry(_("授权管理"), "key", "enterprise_consents.index", P.ENTERPRISE_CONSENTS_READ),
    Entry(_("工作台"), "grid", "agency_home.index", P.AGENCY_WORKBENCH_READ, ("agency_tasks",)),
    Entry(_("校准样本"), "bullseye", "agency_calibration.index", P.AGENCY_SCREENING_READ),
    Entry(_("已办评审"), "check2-square", "agency_done.index", P.AGENCY_SCREENING_READ),
    Entry(_("审计日志"), "shield-check", "auditor_log.index", P.AUDITOR_LOG_READ),
    Entry(_("链状态"), "link-45deg", "auditor_chain.show", P.AUDITOR_CHAIN_VERIFY),
    Entry(_("用户管理"), "people", "admin_users.index", P.ADMIN_USERS_READ),
    Entry(_("机构管理"), "diagram-3", "admin_organisations.index", P.ADMIN_ORGANISATIONS_READ),
    Entry(_("任务"), "hourglass-split", "admin_jobs.index", P.ADMIN_JOBS_READ),
    Entry(_("运行状况"), "heart-pulse", "admin_health.show", P.ADMIN_HEALTH_READ),
)

HOME: dict[Role, str] = {
    Role.CITY_OFFICER: "office_home.index",
    Role.COUNTY_OFFICER: "office_home.index",
    Role.BANK: "bank_home.index",
    Role.INSURER: "insurer_home.index",
    Role.GUARANTOR: "bank_home.index",
    Role.ENTERPRISE: "enterprise_home.index",
    Role.AGENCY: "agency_home.index",
    Role.AUDITOR: "auditor_log.index",
    Role.ADMIN: "admin_users.index",
}


def entries_for(actor: Actor | None) -> list[Entry]:
    """Return the navigation of `actor`: what the policy lets the person open, nothing else."""
    return [entry for entry in ENTRIES if actor is not None and may(actor, entry.permission)]


def home_of(actor: Actor) -> str:
    """Return the address of the person's own first page."""
    return url_for(HOME[actor.role]) if actor.role else url_for("public_home.index")
