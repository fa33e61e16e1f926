"""Training records: for those who came, once; certificates that verify until the record is revoked."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.db import begin_writing
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proof import page_count, pdf_text, squeezed
from ipfin.documents.service import read_document
from ipfin.events.attendance import Mark
from ipfin.events.export.certificates import issue_certificate, issue_certificates
from ipfin.events.lifecycle import EventKind, EventState, RegistrationState, Side
from ipfin.events.models import Attendance, Event, Registration, TrainingRecord
from ipfin.events.queries.training import (
    companions_unseen,
    events_to_record,
    replacements_of,
    without_record,
)
from ipfin.events.service import (
    cancel_event,
    make_records,
    make_settled_records,
    note_companion,
    remake_record,
    revoke_record,
    save_training,
    undo_attendance,
)
from ipfin.events.training import certificate_number
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.notices.models import Notice
from ipfin.worker.database import reading_on, unit_of_work_on
from tests.factories import NOW, Make


def a_training(make: Make, **overrides: object) -> Event:
    kind = {"kind": EventKind.TRAINING, "slot_count": 0, "state": EventState.FINISHED}
    return make.event(**{**kind, **overrides})


def test_only_who_was_checked_in_gets_a_record_and_only_once(session: Session, make: Make) -> None:
    event = a_training(make)
    firm = make.registration(event, contact_name="王芳")
    bank = make.registration(event, Side.INSTITUTION, contact_name="赵行长")
    account = make.organisation(OrganisationKind.ENTERPRISE, enterprise=firm.enterprise)
    make.user(Role.ENTERPRISE, organisation=account)
    for row in (firm, bank):
        make.attendance(row)
    make.registration(event)  # nobody saw him
    make.attendance(make.registration(event), mark=Mark.NO_SHOW)
    make.attendance(make.registration(event), undone_at=NOW, undone_by="用户", undone_reason="扫错")
    make.attendance(make.registration(event, state=RegistrationState.CANCELLED))
    now = event.ends_at
    assert make_records(session, SYSTEM, event, now=now) == 2
    rows = session.scalars(select(TrainingRecord).order_by(TrainingRecord.id)).all()
    assert [(row.holder, row.person_name, row.hours_tenths) for row in rows] == [
        (firm.display_name, "王芳", 30),
        (bank.display_name, "赵行长", 30),
    ]
    assert session.scalar(select(func.count()).select_from(Notice)) == 1
    with pytest.raises(Conflict):
        make_records(session, SYSTEM, event, now=now)
    revoke_record(session, SYSTEM, rows[0], "样例理由", now=now)
    assert without_record(session, event.id) == [], "what was revoked is not made again"
    with pytest.raises(Conflict):
        revoke_record(session, SYSTEM, rows[0], "样例理由", now=now)
    with pytest.raises(BadInput):
        revoke_record(session, SYSTEM, rows[1], " ", now=now)


def test_the_job_makes_the_records_of_what_counts_once_the_day_is_over(session: Session, make: Make) -> None:
    counts, other = a_training(make, state=EventState.CLOSED), make.event(state=EventState.FINISHED)
    cancelled = a_training(make, state=EventState.CANCELLED)
    for event in (counts, other, cancelled):
        make.attendance(make.registration(event, contact_name="王芳"))
    next_day = counts.ends_at + timedelta(days=1)
    assert events_to_record(session, counts.ends_at) == [], "the door is open until midnight"
    assert events_to_record(session, next_day) == [counts.id]
    save_training(session, SYSTEM, other, gives_records=True, hours_tenths=15, version=0, now=NOW)
    assert events_to_record(session, next_day) == [counts.id, other.id]
    made = [
        make_settled_records(session, SYSTEM, event.id, now=next_day) for event in (counts, other, cancelled)
    ]
    assert made == [1, 1, 0]
    assert events_to_record(session, next_day) == []
    assert make_settled_records(session, SYSTEM, counts.id, now=next_day) == 0
    assert session.scalars(select(TrainingRecord.hours_tenths).order_by(TrainingRecord.id)).all() == [30, 15]


def test_an_event_that_does_not_count_gives_none(session: Session, make: Make) -> None:
    event = make.event(state=EventState.FINISHED)
    make.attendance(make.registration(event))
    with pytest.raises(Conflict):
        make_records(session, SYSTEM, event, now=event.ends_at)


def test_a_certificate_is_one_page_made_once_and_void_with_its_record(engine: Engine, tmp_path: Path) -> None:
    house = Settings(
        env="test", secret_key="secret of the tests", instance_dir=tmp_path, public_url="https://ipfin.test"
    )
    work, read = unit_of_work_on(engine), reading_on(engine)
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        row = make.registration(a_training(make, title="样例培训"), contact_name="王芳")
        record_id = make.training_record(row, hours_tenths=25).id
        session.commit()
    paper, again = (issue_certificate(work, read, SYSTEM, record_id, settings=house) for _turn in range(2))
    assert paper.verify_code == again.verify_code
    content = read_document(paper, house.issued_dir)
    assert page_count(content) == 1
    text = squeezed(pdf_text(content))
    for shown in ("培训证书", "王芳", "“样例培训”", "计2.5学时", f"2026-{record_id:06d}", paper.verify_code):
        assert shown in text
    with work() as session:
        revoke_record(session, SYSTEM, session.get_one(TrainingRecord, record_id), "样例理由", now=NOW)
    with read() as session:
        (kept,) = session.scalars(select(Document).where(Document.kind == DocumentKind.CERTIFICATE))
        assert kept.revoked_at is not None
    with pytest.raises(Conflict):
        issue_certificate(work, read, SYSTEM, record_id, settings=house)


def test_all_certificates_of_an_event_are_one_zip_of_what_the_actor_sees_and_void_with_each(
    engine: Engine, tmp_path: Path
) -> None:
    house = Settings(env="test", secret_key="secret of the tests", instance_dir=tmp_path)
    work, read = unit_of_work_on(engine), reading_on(engine)
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        event = a_training(make)
        city, county = make.actor(Role.CITY_OFFICER), make.actor(Role.COUNTY_OFFICER)
        (region,) = county.region_codes
        firms = [make.enterprise(region_code=region), make.enterprise(), make.enterprise()]
        rows = [make.registration(event, enterprise=one, contact_name="王芳") for one in firms]
        records = [make.training_record(row).id for row in rows]
        revoke_record(session, SYSTEM, session.get_one(TrainingRecord, records[2]), "样例理由", now=NOW)
        event_id = event.id
        session.commit()

    def taken(actor: Actor) -> tuple[Document, dict[str, bytes]]:
        made = issue_certificates(work, read, actor, event_id, settings=house)
        with zipfile.ZipFile(io.BytesIO(read_document(made, house.issued_dir))) as archive:
            return made, {name: archive.read(name) for name in archive.namelist()}

    own, files = taken(county)
    assert [name.partition("_")[0] for name in files] == ["全部证书（打印用）.pdf", "单个证书/001"]
    whole, files = taken(city)
    assert (own.row_count, whole.row_count) == (1, 2)
    assert page_count(files["全部证书（打印用）.pdf"]) == 2
    assert all(f"2026-{one:06d}" in pdf_text(files["全部证书（打印用）.pdf"]) for one in records[:2])
    with work() as session:
        assert session.scalar(select(func.count()).where(AuditEntry.action == "exports.made")) == 2
        revoke_record(session, SYSTEM, session.get_one(TrainingRecord, records[1]), "样例理由", now=NOW)
    with read() as session:
        assert session.get_one(Document, whole.id).revoked_at is not None
    with work() as session:
        revoke_record(session, SYSTEM, session.get_one(TrainingRecord, records[0]), "样例理由", now=NOW)
    with pytest.raises(Conflict):
        issue_certificates(work, read, city, event_id, settings=house)


def test_a_record_is_of_whoever_was_checked_in_not_of_whom_the_firm_names_afterwards(
    session: Session, make: Make
) -> None:
    event = a_training(make, state=EventState.CLOSED)
    row, early = (make.registration(event, contact_name=name) for name in ("丙", "乙"))
    for one in (row, early):
        make.attendance(one, marked_at=event.starts_at)
    after = event.starts_at + timedelta(hours=1)
    make.substitution(row, former_name="甲", name="乙", replaced_at=after)
    make.substitution(row, former_name="乙", name="丙", replaced_at=after)
    make.substitution(early, former_name="甲", name="乙", replaced_at=event.starts_at - timedelta(hours=1))
    make_records(session, SYSTEM, event, now=event.ends_at)
    names = session.scalars(select(TrainingRecord.person_name).order_by(TrainingRecord.registration_id))
    assert list(names) == ["甲", "乙"]


def test_what_a_record_rests_on_stays_until_the_record_is_revoked(session: Session, make: Make) -> None:
    event = a_training(make, state=EventState.CLOSED)
    row = make.registration(event, contact_name="王芳")
    make.attendance(row)
    make_records(session, SYSTEM, event, now=event.ends_at)
    with pytest.raises(Conflict):
        undo_attendance(session, SYSTEM, row, "扫错", now=event.ends_at)
    with pytest.raises(Conflict):
        cancel_event(session, SYSTEM, event, reason="样例理由")
    record = session.scalars(select(TrainingRecord)).one()
    revoke_record(session, SYSTEM, record, "样例理由", now=event.ends_at)
    assert undo_attendance(session, SYSTEM, row, "扫错", now=event.ends_at).undone_at
    cancel_event(session, SYSTEM, event, reason="样例理由")


def test_a_record_revoked_by_mistake_is_made_again_under_a_new_number(session: Session, make: Make) -> None:
    event = a_training(make, state=EventState.CLOSED)
    row = make.registration(event, contact_name="王方")
    make.attendance(row)
    make_records(session, SYSTEM, event, now=event.ends_at)
    save_training(session, SYSTEM, event, gives_records=True, hours_tenths=80, version=0, now=NOW)
    old = session.scalars(select(TrainingRecord)).one()

    def again(person: str = "王芳", reason: str = "误撤") -> TrainingRecord:
        return remake_record(session, SYSTEM, old, person=person, reason=reason, now=event.ends_at)

    with pytest.raises(Conflict, match="有效"):
        again()
    revoke_record(session, SYSTEM, old, "样例理由", now=event.ends_at)
    for said in ({"reason": " "}, {"person": " "}, {"person": "长" * 61}):
        with pytest.raises(BadInput):
            again(**said)
    new = again()
    assert (new.person_name, new.hours_tenths, new.replaces_id) == ("王芳", 30, old.id)
    assert old.revoked_at is not None
    assert replacements_of(session, [old.id, new.id]) == {old.id: new}
    with pytest.raises(Conflict, match=certificate_number(new)):
        again()
    assert without_record(session, event.id) == []
    revoke_record(session, SYSTEM, new, "样例理由", now=event.ends_at)
    undo_attendance(session, SYSTEM, row, "扫错", now=event.ends_at)
    old = new
    with pytest.raises(Conflict, match="没有签到记录"):
        again()


def test_who_came_along_gets_a_record_once_the_door_or_the_sheet_says_so(
    session: Session, make: Make
) -> None:
    event = a_training(make, state=EventState.CLOSED)
    row, absent = (
        make.registration(event, contact_name="王芳", second_name="李四"),
        make.registration(event, contact_name="赵五", second_name="钱六"),
    )
    make.attendance(row)
    now, everybody = event.ends_at, Registration.id > 0
    with pytest.raises(Conflict, match="还没有签到"):
        note_companion(session, SYSTEM, absent, "钱六", now=now)
    assert make_records(session, SYSTEM, event, now=now) == 1
    assert [each.id for each in companions_unseen(session, event.id, everybody)] == [row.id]
    note_companion(session, SYSTEM, row, " 李  四 ", now=now)
    assert companions_unseen(session, event.id, everybody) == []
    note_companion(session, SYSTEM, row, "李四", now=now)
    assert make_records(session, SYSTEM, event, now=now) == 1
    second = session.scalars(select(TrainingRecord).where(TrainingRecord.is_companion)).one()
    assert (second.person_name, second.holder) == ("李四", row.display_name)
    with pytest.raises(Conflict, match="李四已有培训记录"):
        note_companion(session, SYSTEM, row, "", now=now)
    with pytest.raises(BadInput):
        note_companion(session, SYSTEM, row, "长" * 61, now=now)
    first = session.scalars(select(TrainingRecord).where(~TrainingRecord.is_companion)).one()
    revoke_record(session, SYSTEM, first, "样例理由", now=now)
    with pytest.raises(Conflict):
        undo_attendance(session, SYSTEM, row, "扫错", now=now)
    revoke_record(session, SYSTEM, second, "样例理由", now=now)
    note_companion(session, SYSTEM, row, "", now=now)
    assert session.scalars(select(Attendance.companion_name)).one() == ""
