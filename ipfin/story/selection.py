"""From facts to what banks receive: scores, a whitelist published by two people, a directory issue."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.conduct.rules import ConductCode
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import valid_patents_of_firms
from ipfin.reports.queries import LISTED, deliveries_of_issue, firms_left_out, issue_by_number, lines_of
from ipfin.reports.service import prepare_issue, submit_issue
from ipfin.reports.service import reconciles as issue_reconciles
from ipfin.reports.service.publishing import publish_with_files
from ipfin.story.steps import Step
from ipfin.story.telling import Story
from ipfin.whitelist.admission import OUTCOME_LABELS as ENTRY_LABELS
from ipfin.whitelist.models import ScoreRun, ScoreSheet, WhitelistRound
from ipfin.whitelist.notice import Notice
from ipfin.whitelist.queries import entry_counts, round_by_number
from ipfin.whitelist.scoring import GRADE_LABELS
from ipfin.whitelist.scoring import ScoreSheet as Sheet
from ipfin.whitelist.service import (
    card_of,
    open_notice,
    prepare_round,
    publish_round,
    run_scores,
    submit_round,
    waive_register,
)
from ipfin.whitelist.service import reconciles as round_reconciles


def tell_scores(story: Story) -> None:
    """Score every enterprise and name the indicators that the lists leave unknown."""
    with story.step("scores", _("评分")) as step, story.work() as session:
        run = run_scores(session, story.maker, on=story.on)
        story.run_id = run.id
        step.count(_("企业"), run.firms_count)
        for grade, label in GRADE_LABELS.items():
            step.count(label, run.grade_counts[grade.value])
        step.must_equal(_("企业 = 各等级之和"), run.firms_count, sum(run.grade_counts.values()))
        _tell_unknown_indicators(session, step, run)


def _tell_unknown_indicators(session: Session, step: Step, run: ScoreRun) -> None:
    card = card_of(run.card_version)
    unknown: dict[str, int] = {}
    for (body,) in session.execute(select(ScoreSheet.body).where(ScoreSheet.run_id == run.id)):
        for line in Sheet.from_json(body).lines:
            if line.value is None:
                unknown[line.code] = unknown.get(line.code, 0) + 1
    always = [code for code, count in unknown.items() if count == run.firms_count]
    if always:
        names = "、".join(f"{code} {card.indicator(code).name}" for code in always)
        step.remark(_("所有企业均未知的指标（不猜测，按评分卡规则处理）：%(names)s", names=names))


def tell_whitelist(story: Story) -> None:
    """Prepare and submit a round as one officer, publish it as the other."""
    with story.step("whitelist", _("白名单批次，两人发布")) as step:
        with story.work() as session:
            run = session.get_one(ScoreRun, story.run_id)
            round_ = prepare_round(session, story.maker, run, title="首批白名单", valid_from=story.on)
            for code in (ConductCode.E01, ConductCode.E02, ConductCode.E03, ConductCode.E04, ConductCode.E05):
                waive_register(session, story.maker, round_, code, reason=str(_("演练，未实际查询该名册")))
            submit_round(session, story.maker, round_, on=story.on)
        with story.work() as session:
            notice = open_notice(session, story.checker, round_by_number(session, 1), on=story.on)
        _tell_notice(story, step, notice)
        with story.work() as session:
            admitted = publish_round(session, story.checker, round_by_number(session, 1), on=story.on)
        with story.read() as session:
            round_ = round_by_number(session, 1)
            _tell_round(session, step, round_, admitted)


def _tell_notice(story: Story, step: Step, notice: Notice) -> None:
    """Let the notice pass: from here on the story is told on the day after it."""
    days = {"first": notice.begins.isoformat(), "last": notice.last_day.isoformat()}
    step.remark(_("公示%(first)s至%(last)s；以下各步的业务日期从公示期满次日算起", **days))
    if notice.is_provisional:
        step.remark(_("次年放假安排尚未公布，公示截止日暂按普通周计算"))
    story.on = notice.last_day + timedelta(days=1)


def _tell_round(session: Session, step: Step, round_: WhitelistRound, admitted: int) -> None:
    counts = entry_counts(session, round_.id)
    step.count(_("候选企业"), sum(counts.values()))
    for outcome, label in ENTRY_LABELS.items():
        step.count(label, counts[outcome])
    step.remark(
        _("提交人%(maker)s，发布人%(checker)s", maker=round_.submitted_by, checker=round_.approved_by)
    )
    step.must_equal(_("候选 = 评分企业，每家一个结论"), int(round_reconciles(session, round_)), 1)
    step.must_equal(
        _("白名单入选 = 批次结论为入选"), admitted, sum(v for k, v in counts.items() if k == "admitted")
    )


def tell_directory(story: Story) -> None:
    """Issue directory No. 1 to the banks and hold it against the registry."""
    with story.step("directory", _("名录第1期，送达两家银行")) as step:
        with story.work() as session:
            issue = prepare_issue(session, story.maker, title="授权专利企业名录", on=story.on)
            submit_issue(session, story.maker, issue)
        delivered = publish_with_files(story.work, story.checker, 1, settings=story.settings, on=story.on)
        with story.read() as session:
            issue = issue_by_number(session, 1)
            lines = list(lines_of(session, issue.id))
            step.count(_("列入企业"), issue.lines_count)
            step.count(_("列入有效专利"), issue.patents_count)
            step.count(_("送达机构"), delivered)
            left_out = firms_left_out(session)
            if left_out:
                step.count(_("未列入：名单未说明专利是否有效"), left_out)
            files = [
                document
                for delivery in deliveries_of_issue(session, issue.id)
                for document in (
                    delivery.sheet_document,
                    delivery.listing_document,
                    delivery.letter_document,
                )
            ]
            step.count(_("文件"), story.save(files, "directory"))
            valid = session.scalar(
                select(func.count()).select_from(Enterprise).where(Enterprise.valid_count > 0)
            )
            step.must_equal(_("列入企业 = 持有有效专利的企业"), issue.lines_count, valid or 0)
            step.must_equal(
                _("列入专利 = 企业持有的有效专利"),
                issue.patents_count,
                valid_patents_of_firms(session, LISTED, on=story.on),
            )
            step.must_equal(_("名录逐行核对无误"), int(issue_reconciles(issue, lines)), 1)
            step.must_equal(_("文件 = 每家机构三份"), len(files), 3 * delivered)
