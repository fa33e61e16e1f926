"""From a file to enterprises and patent states: read, map, try, write, try again, count."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from sqlalchemy import func, select

from ipfin.kernel.text import _
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.fields import DROPPED
from ipfin.registry.fields import LABELS as FIELD_LABELS
from ipfin.registry.intake import Plan, mapping_for, plan, read_list
from ipfin.registry.lifecycle import OUTCOME_LABELS, RowOutcome
from ipfin.registry.models import Applicant, Enterprise, ImportBatch, Patent
from ipfin.registry.queries import patent_totals
from ipfin.registry.service import commit_batch, note_check, open_batch
from ipfin.registry.statuses import VALIDITY_LABELS, Flag, Validity
from ipfin.story.steps import Step
from ipfin.story.telling import Story


def tell_list(story: Story, file: Path) -> None:
    """Read and map one list, try it, write it, and try it again: the second time nothing may change."""
    with story.step("read", _("读取与列对应：%(file)s", file=file.name)) as step:
        table = read_list(file, file.name)
        with story.read() as session:
            mapping = mapping_for(session, table)
        step.count(_("数据行"), table.row_count)
        step.count(_("列"), len(table.header))
        kept = [name for name in mapping.matches if name not in DROPPED]
        step.count(_("已对应的列"), len(mapping.matches))
        step.count(_("其中入库的列"), len(kept))
        for note in table.notes:
            step.remark(note)
    with story.step("dry_run", _("预检")) as step, story.read() as session:
        found = plan(session, table, mapping, as_of=story.on)
        _tell_outcomes(step, found)
        _tell_missing(step, found)
    with story.step("commit", _("写入")) as step:
        with story.work() as session:
            # The same plan is made again under the lock: nothing may have changed in between.
            again = plan(session, table, mapping, as_of=story.on)
            batch = open_batch(
                session,
                story.maker,
                filename=file.name,
                stored_name=_store(story, file),
                sha256=table.sha256,
                size_bytes=table.size_bytes,
                as_of=story.on,
            )
            note_check(session, story.maker, batch, again)
            commit_batch(session, story.maker, batch, again)
            new, read_rows = batch.rows_new, batch.rows_read
        with story.read() as session:
            kept_new = session.scalar(
                select(func.count()).select_from(Patent).where(Patent.first_batch_id == batch.id)
            )
        step.count(_("新增专利"), new)
        step.must_equal(_("库中新增的专利 = 预检说的新增"), kept_new or 0, found.count(RowOutcome.NEW))
        step.must_equal(_("写入读到的行 = 预检读到的行"), read_rows, found.reading.rows_read)
    with story.step("again", _("同一文件再导入一次（只预检）")) as step, story.read() as session:
        second = plan(session, table, mapping, as_of=story.on)
        step.count(_("新增"), second.count(RowOutcome.NEW))
        step.count(_("变更"), second.count(RowOutcome.CHANGED))
        changes = second.count(RowOutcome.NEW) + second.count(RowOutcome.CHANGED)
        step.must_equal(_("再次导入的新增与变更 = 0"), changes, 0)


def _store(story: Story, file: Path) -> str:
    story.settings.uploads_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16)
    shutil.copyfile(file, story.settings.uploads_dir / name)
    return name


def _tell_outcomes(step: Step, found: Plan) -> None:
    step.count(_("读入行"), found.reading.rows_read)
    for outcome, label in OUTCOME_LABELS.items():
        step.count(label, found.count(outcome))
    if found.rows_repeated:
        step.count(_("未变中：同一专利的重复行"), found.rows_repeated)
    reasons: dict[str, int] = {}
    for refusal in found.refusals:
        reasons[refusal.code] = reasons.get(refusal.code, 0) + 1
    for code, count in sorted(reasons.items(), key=lambda item: -item[1]):
        first = next(refusal for refusal in found.refusals if refusal.code == code)
        step.remark(_("退回%(count)s行，如：%(message)s", count=count, message=first.message))
    step.must_equal(
        _("读入行 = 新增 + 变更 + 未变 + 退回"),
        found.reading.rows_read,
        sum(found.count(outcome) for outcome in RowOutcome),
    )


def _tell_missing(step: Step, found: Plan) -> None:
    missing = [FIELD_LABELS[name] for name in found.reading.missing_fields]
    if missing:
        step.remark(_("名单没有这些列：%(fields)s", fields="、".join(missing)))


def tell_enterprises(story: Story) -> None:
    """Count applicants by kind and the enterprises that they lead to."""
    with story.step("enterprises", _("申请人与企业")) as step, story.read() as session:
        rows = session.execute(select(Applicant.kind, func.count()).group_by(Applicant.kind)).all()
        kinds = dict(rows)
        applicants = sum(kinds.values())
        firms = session.scalar(select(func.count()).select_from(Enterprise)) or 0
        linked = select(func.count(func.distinct(Applicant.enterprise_id)))
        step.count(_("申请人"), applicants)
        step.count(_("其中企业名称"), kinds.get(ApplicantKind.COMPANY, 0))
        step.count(_("其中个人"), kinds.get(ApplicantKind.PERSON, 0))
        step.count(_("企业（法人）"), firms)
        step.must_equal(_("每家企业至少有一个申请人名称"), session.scalar(linked) or 0, firms)


def tell_states(story: Story) -> None:
    """Count patents by validity and by what burdens them."""
    with story.step("states", _("专利状态")) as step, story.read() as session:
        totals = patent_totals(session)
        everything = session.scalar(select(func.count()).select_from(Patent)) or 0
        step.count(_("专利"), everything)
        for validity, label in VALIDITY_LABELS.items():
            step.count(label, totals[validity.value])
        step.count(_("其中有效且在押"), totals["pledged"])
        flags = dict.fromkeys(Flag, 0)
        for (spaced,) in session.execute(select(Patent.flags).where(Patent.flags != "")):
            for word in spaced.split():
                flags[Flag(word)] += 1
        for flag, label in (
            (Flag.PRESERVED, _("保全")),
            (Flag.TRANSFERRED, _("权利转移")),
            (Flag.LICENSED, _("许可")),
        ):
            step.count(label, flags[flag])
        new = session.scalar(select(func.sum(ImportBatch.rows_new))) or 0
        step.must_equal(
            _("专利 = 有效 + 审中 + 失效 + 未知"), everything, sum(totals[v.value] for v in Validity)
        )
        step.must_equal(_("专利 = 各名单新增之和"), everything, new)
