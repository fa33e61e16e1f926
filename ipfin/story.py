"""The main job from end to end on given lists: what each step did, how long it took, and whether it adds up.

Decides the order of the steps and what must reconcile after each; every step is a real use case of the
services. Who signs up for the meeting and wishes for whom is made up here, and said to be: lists do not
tell it.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.accounts.queries import actor_for
from ipfin.accounts.service import create_organisation, create_user
from ipfin.audit.service import verify
from ipfin.config import Settings
from ipfin.documents.models import Document
from ipfin.documents.service import read_document
from ipfin.events.details import EventDetails
from ipfin.events.export import issue_agendas
from ipfin.events.lifecycle import EventKind, RegistrationState, Side
from ipfin.events.models import Event, EventTimetable, Meeting, Registration
from ipfin.events.registration import Application
from ipfin.events.service import (
    close_event,
    create_event,
    make_timetable,
    publish_event,
    publish_timetable,
    register_enterprise,
    register_institution,
    set_wishes,
)
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.clock import CHINA, now_utc
from ipfin.kernel.text import Text, _
from ipfin.reference import seed_reference
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.fields import DROPPED
from ipfin.registry.fields import LABELS as FIELD_LABELS
from ipfin.registry.intake import Plan, mapping_for, plan, read_list
from ipfin.registry.lifecycle import OUTCOME_LABELS, RowOutcome
from ipfin.registry.models import Applicant, Enterprise, ImportBatch, Patent
from ipfin.registry.queries import patent_totals, valid_patents_of_firms
from ipfin.registry.service import commit_batch, note_check, open_batch
from ipfin.registry.statuses import VALIDITY_LABELS, Flag, Validity
from ipfin.reports.queries import LISTED, deliveries_of_issue, firms_left_out, issue_by_number, lines_of
from ipfin.reports.service import prepare_issue, submit_issue
from ipfin.reports.service import reconciles as issue_reconciles
from ipfin.reports.service.publishing import publish_with_files
from ipfin.whitelist.admission import OUTCOME_LABELS as ENTRY_LABELS
from ipfin.whitelist.models import ScoreRun, ScoreSheet, WhitelistRound
from ipfin.whitelist.queries import entry_counts, round_by_number
from ipfin.whitelist.scoring import GRADE_LABELS
from ipfin.whitelist.scoring import ScoreSheet as Sheet
from ipfin.whitelist.service import (
    card_of,
    prepare_round,
    publish_round,
    run_scores,
    submit_round,
)
from ipfin.whitelist.service import (
    reconciles as round_reconciles,
)

UnitOfWork = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int, int, Text], None]

FIRMS_AT_THE_MEETING = 40
SLOTS, SLOT_MINUTES, DESKS_PER_BANK = 12, 15, 2


@dataclass(frozen=True, slots=True)
class Check:
    """One sum that must come out: `left` equals `right`."""

    sentence: Text
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.left == self.right


@dataclass(slots=True)
class Step:
    """One step of the story: what was counted, what was said, what must add up."""

    key: str
    title: Text
    seconds: float = 0.0
    counts: list[tuple[Text, int]] = field(default_factory=list)
    remarks: list[Text] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def count(self, label: Text, value: int) -> None:
        """Note a figure."""
        self.counts.append((label, value))

    def remark(self, sentence: Text) -> None:
        """Note a sentence."""
        self.remarks.append(sentence)

    def must_equal(self, sentence: Text, left: int, right: int) -> None:
        """Note a sum that must come out."""
        self.checks.append(Check(sentence, left, right))


@dataclass(slots=True)
class Story:
    """The run of the whole job in one database."""

    work: UnitOfWork
    read: UnitOfWork
    settings: Settings
    out: Path
    on: date
    report: Progress
    steps: list[Step] = field(default_factory=list)
    maker: Actor = SYSTEM
    checker: Actor = SYSTEM
    banks: list[Actor] = field(default_factory=list)
    run_id: int = 0
    event_id: int = 0
    timetable_id: int = 0

    @property
    def faults(self) -> list[Check]:
        """The sums that did not come out."""
        return [check for step in self.steps for check in step.checks if not check.holds]

    def tell(self, files: Sequence[Path]) -> list[Step]:
        """Run every step on `files`; stops at the first step after which something does not add up.

        Raises:
            DomainError: a step was refused; the sentence says why.
        """
        chapters: list[Callable[[], None]] = [
            self._people,
            *(lambda file=file: self._list(file) for file in files),
            self._enterprises,
            self._states,
            self._scores,
            self._whitelist,
            self._directory,
            self._registrations,
            self._timetable,
            self._agendas,
            self._audit,
        ]
        for number, chapter in enumerate(chapters):
            self.report(number, len(chapters), self.steps[-1].title if self.steps else _("准备"))
            chapter()
            if self.faults:
                break
        self.report(len(chapters), len(chapters), _("完成"))
        return self.steps

    @contextmanager
    def _step(self, key: str, title: Text) -> Iterator[Step]:
        step = Step(key, title)
        self.steps.append(step)
        started = time.perf_counter()
        try:
            yield step
        finally:
            step.seconds = time.perf_counter() - started

    def _people(self) -> None:
        with self._step("people", _("机构与人员")) as step, self.work() as session:
            seed_reference(session, self.settings)
            office = _organisation(session, OrganisationKind.CITY_OFFICE, self.settings.office_name)
            self.maker = self._person(session, office, Role.CITY_OFFICER, "经办人", "maker@story.invalid")
            self.checker = self._person(session, office, Role.CITY_OFFICER, "复核人", "checker@story.invalid")
            self.banks = [
                self._person(
                    session,
                    _organisation(session, OrganisationKind.BANK, name),
                    Role.BANK,
                    "客户经理",
                    f"bank{number}@story.invalid",
                )
                for number, name in enumerate(("示例银行甲", "示例银行乙"), start=1)
            ]
            step.count(_("工作人员"), 2)
            step.count(_("银行"), len(self.banks))

    def _person(
        self, session: Session, organisation: Organisation, role: Role, name: str, email: str
    ) -> Actor:
        user = create_user(
            session,
            SYSTEM,
            organisation_id=organisation.id,
            role=role,
            name=name,
            email=email,
            password=secrets.token_urlsafe(24),  # nobody signs in here
            now=now_utc(),
            settings=self.settings,
        )
        return actor_for(session, user)

    # --- Lists ---------------------------------------------------------------------------------------

    def _list(self, file: Path) -> None:
        with self._step("read", _("读取与列对应：%(file)s", file=file.name)) as step:
            table = read_list(file, file.name)
            with self.read() as session:
                mapping = mapping_for(session, table)
            step.count(_("数据行"), table.row_count)
            step.count(_("列"), len(table.header))
            kept = [name for name in mapping.matches if name not in DROPPED]
            step.count(_("已对应的列"), len(mapping.matches))
            step.count(_("其中入库的列"), len(kept))
            for note in table.notes:
                step.remark(note)
        with self._step("dry_run", _("预检")) as step, self.read() as session:
            found = plan(session, table, mapping, as_of=self.on)
            _tell_outcomes(step, found)
            _tell_missing(step, found)
        with self._step("commit", _("写入")) as step:
            with self.work() as session:
                # The same plan is made again under the lock: nothing may have changed in between.
                again = plan(session, table, mapping, as_of=self.on)
                batch = open_batch(
                    session,
                    self.maker,
                    filename=file.name,
                    stored_name=self._store(file),
                    sha256=table.sha256,
                    size_bytes=table.size_bytes,
                    as_of=self.on,
                )
                note_check(session, self.maker, batch, again)
                commit_batch(session, self.maker, batch, again)
                new, read_rows = batch.rows_new, batch.rows_read
            with self.read() as session:
                kept_new = session.scalar(
                    select(func.count()).select_from(Patent).where(Patent.first_batch_id == batch.id)
                )
            step.count(_("新增专利"), new)
            step.must_equal(_("库中新增的专利 = 预检说的新增"), kept_new or 0, found.count(RowOutcome.NEW))
            step.must_equal(_("写入读到的行 = 预检读到的行"), read_rows, found.reading.rows_read)
        with self._step("again", _("同一文件再导入一次（只预检）")) as step, self.read() as session:
            second = plan(session, table, mapping, as_of=self.on)
            step.count(_("新增"), second.count(RowOutcome.NEW))
            step.count(_("变更"), second.count(RowOutcome.CHANGED))
            changes = second.count(RowOutcome.NEW) + second.count(RowOutcome.CHANGED)
            step.must_equal(_("再次导入的新增与变更 = 0"), changes, 0)

    def _store(self, file: Path) -> str:
        self.settings.uploads_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = secrets.token_hex(16)
        shutil.copyfile(file, self.settings.uploads_dir / name)
        return name

    def _enterprises(self) -> None:
        with self._step("enterprises", _("申请人与企业")) as step, self.read() as session:
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

    def _states(self) -> None:
        with self._step("states", _("专利状态")) as step, self.read() as session:
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

    # --- Whitelist and directory -----------------------------------------------------------------------

    def _scores(self) -> None:
        with self._step("scores", _("评分")) as step, self.work() as session:
            run = run_scores(session, self.maker, on=self.on)
            self.run_id = run.id
            step.count(_("企业"), run.firms_count)
            for grade, label in GRADE_LABELS.items():
                step.count(label, run.grade_counts[grade.value])
            step.must_equal(_("企业 = 各等级之和"), run.firms_count, sum(run.grade_counts.values()))
            _tell_unknown_indicators(session, step, run)

    def _whitelist(self) -> None:
        with self._step("whitelist", _("白名单批次，两人发布")) as step:
            with self.work() as session:
                run = session.get_one(ScoreRun, self.run_id)
                round_ = prepare_round(session, self.maker, run, title="首批白名单", valid_from=self.on)
                submit_round(session, self.maker, round_)
            with self.work() as session:
                admitted = publish_round(session, self.checker, round_by_number(session, 1))
            with self.read() as session:
                round_ = round_by_number(session, 1)
                _tell_round(session, step, round_, admitted)

    def _directory(self) -> None:
        with self._step("directory", _("名录第1期，送达两家银行")) as step:
            with self.work() as session:
                issue = prepare_issue(session, self.maker, title="授权专利企业名录", on=self.on)
                submit_issue(session, self.maker, issue)
            delivered = publish_with_files(self.work, self.checker, 1, settings=self.settings, on=self.on)
            with self.read() as session:
                issue = issue_by_number(session, 1)
                lines = lines_of(session, issue.id)
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
                step.count(_("文件"), self._save(files, "directory"))
                valid = session.scalar(
                    select(func.count()).select_from(Enterprise).where(Enterprise.valid_count > 0)
                )
                step.must_equal(_("列入企业 = 持有有效专利的企业"), issue.lines_count, valid or 0)
                step.must_equal(
                    _("列入专利 = 企业持有的有效专利"),
                    issue.patents_count,
                    valid_patents_of_firms(session, LISTED, on=self.on),
                )
                step.must_equal(_("名录逐行核对无误"), int(issue_reconciles(issue, lines)), 1)
                step.must_equal(_("文件 = 每家机构三份"), len(files), 3 * delivered)

    def _save(self, documents: Sequence[Document], folder: str) -> int:
        target = self.out / folder
        target.mkdir(parents=True, exist_ok=True)
        for document in documents:
            (target / document.filename).write_bytes(read_document(document, self.settings.issued_dir))
        return len({document.filename for document in documents})

    # --- The meeting -----------------------------------------------------------------------------------

    def _registrations(self) -> None:
        with self._step("event", _("对接会：报名与意愿（为演示而设）")) as step:
            with self.work() as session:
                event = create_event(session, self.maker, self._event_details())
                self.event_id = event.id
                publish_event(session, self.maker, event)
            with self.work() as session:
                event = session.get_one(Event, self.event_id)
                self._register(session, event)
                wishes = self._wish(session, event)
                close_event(session, self.maker, event)
            with self.read() as session:
                sides = dict(
                    session.execute(
                        select(Registration.side, func.count())
                        .where(
                            Registration.event_id == self.event_id,
                            Registration.state == RegistrationState.CONFIRMED,
                        )
                        .group_by(Registration.side)
                    ).all()
                )
            step.count(_("报名企业"), sides.get(Side.ENTERPRISE, 0))
            step.count(_("报名机构"), sides.get(Side.INSTITUTION, 0))
            step.count(_("意愿"), wishes)

    def _event_details(self) -> EventDetails:
        opens = datetime(self.on.year, self.on.month, self.on.day, 9, tzinfo=CHINA) + timedelta(days=14)
        return EventDetails(
            kind=EventKind.MATCHMAKING,
            title="知识产权质押融资银企对接会（演示）",
            venue="政务服务中心三楼会议厅",
            starts_at=opens,
            ends_at=opens + timedelta(hours=4),
            registration_closes_on=self.on + timedelta(days=10),
            enterprise_seats=FIRMS_AT_THE_MEETING,
            institution_seats=10,
            talks_start_at=opens + timedelta(minutes=30),
            slot_minutes=SLOT_MINUTES,
            slot_count=SLOTS,
            desk_count=DESKS_PER_BANK * len(self.banks),
            meetings_per_enterprise=2,
        )

    def _register(self, session: Session, event: Event) -> None:
        firms = session.scalars(
            select(Enterprise)
            .where(Enterprise.patent_count > 0)
            .order_by(Enterprise.valid_invention_count.desc(), Enterprise.patent_count.desc(), Enterprise.id)
            .limit(FIRMS_AT_THE_MEETING)
        ).all()
        for firm in firms:
            application = Application(contact_name="演示联系人", phone="037200000000", need="专利质押融资")
            register_enterprise(
                session, self.maker, event, firm, application, on=self.on, settings=self.settings
            )
        for actor in self.banks:
            bank = session.get_one(Organisation, actor.organisation_id)
            application = Application(contact_name="演示客户经理", phone="037200000000", desks=DESKS_PER_BANK)
            register_institution(session, actor, event, bank, application, on=self.on, settings=self.settings)

    def _wish(self, session: Session, event: Event) -> int:
        """Let every firm ask both banks and every bank ask three firms of four, by a fixed rule."""
        rows = session.scalars(
            select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
        ).all()
        firms = [row for row in rows if row.side is Side.ENTERPRISE]
        banks = [row for row in rows if row.side is Side.INSTITUTION]
        said = 0
        for place, firm in enumerate(firms):
            strengths: dict[int, int | None] = {
                bank.id: 3 - (place + turn) % 2 for turn, bank in enumerate(banks)
            }
            set_wishes(session, self.maker, firm, strengths)
            said += len(strengths)
        for turn, bank in enumerate(banks):
            strengths = {
                firm.id: 1 + place % 3 for place, firm in enumerate(firms) if (place + turn) % 4 != 3
            }
            set_wishes(session, self.banks[turn], bank, strengths)
            said += len(strengths)
        return said

    def _timetable(self) -> None:
        with self._step("timetable", _("最优排期")) as step:
            with self.work() as session:
                made = make_timetable(session, self.maker, session.get_one(Event, self.event_id))
                self.timetable_id = made.id
                step.count(_("会谈"), len(made.meetings))
                step.count(_("价值"), made.value)
                step.count(_("理论上限"), made.bound)
                step.count(_("未排入的意愿"), len(made.certificate["left_out"]))
                step.remark(Text.from_json(made.certificate["statement"]))
                pairs = made.certificate["pairs"]
                step.must_equal(
                    _("可排的意愿 = 会谈 + 未排入"),
                    pairs,
                    len(made.meetings) + len(made.certificate["left_out"]),
                )
                step.must_equal(_("排期价值 = 理论上限（证明最优）"), made.value, made.bound)
            with self.work() as session:
                publish_timetable(
                    session,
                    self.maker,
                    session.get_one(EventTimetable, self.timetable_id),
                    settings=self.settings,
                )

    def _agendas(self) -> None:
        with self._step("agendas", _("个人日程（PDF）")) as step:
            documents = issue_agendas(self.work, self.read, self.maker, self.event_id, settings=self.settings)
            step.count(_("日程"), self._save(documents, "agendas"))
            with self.read() as session:
                seated = session.scalar(
                    select(func.count(func.distinct(Meeting.enterprise_registration_id))).where(
                        Meeting.timetable_id == self.timetable_id
                    )
                )
                hosts = session.scalar(
                    select(func.count(func.distinct(Meeting.institution_registration_id))).where(
                        Meeting.timetable_id == self.timetable_id
                    )
                )
            step.must_equal(
                _("日程 = 有会谈的企业 + 有会谈的机构"), len(documents), (seated or 0) + (hosts or 0)
            )

    def _audit(self) -> None:
        with self._step("audit", _("审计链校验")) as step, self.read() as session:
            found = verify(session)
            step.count(_("审计记录"), found.rows)
            step.must_equal(_("审计链的缺陷 = 0"), len(found.findings), 0)


def _organisation(session: Session, kind: OrganisationKind, name: str) -> Organisation:
    return create_organisation(session, SYSTEM, kind=kind, name=name, now=now_utc())


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


def as_json(steps: Sequence[Step]) -> dict[str, Any]:
    """Return the story for machines; labels stay Chinese."""
    return {
        "steps": [
            {
                "key": step.key,
                "title": str(step.title),
                "seconds": round(step.seconds, 3),
                "counts": {str(label): value for label, value in step.counts},
                "remarks": [str(remark) for remark in step.remarks],
                "checks": [
                    {"what": str(c.sentence), "left": c.left, "right": c.right, "holds": c.holds}
                    for c in step.checks
                ],
            }
            for step in steps
        ],
        "reconciles": all(check.holds for step in steps for check in step.checks),
    }
