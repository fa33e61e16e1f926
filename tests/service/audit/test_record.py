"""Recording: in the caller's transaction, without gaps, in one chain, whoever writes at the same time."""

from __future__ import annotations

import threading
from contextvars import copy_context
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from ipfin.audit.chain import GENESIS, Head
from ipfin.audit.models import AuditEntry, AuditHead
from ipfin.audit.queries import LogFilter, log_page, timeline
from ipfin.audit.service import (
    current_head,
    export_head,
    read_head,
    record,
    record_each,
    request_address,
    verify,
)
from ipfin.db import begin_writing
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from tests.factories import Make

OFFICER = Actor(user_id=7, name="王经办", role=Role.CITY_OFFICER, organisation_id=3)

# All columns of entry 3 after its id, with another hash.
THE_REST = (
    "at, actor_user_id, actor_name, actor_role, organisation_id, action, subject, detail, address,"
    " previous_hash, '" + "9" * 64 + "' FROM audit_entry WHERE id = 3"
)


def fill(session: Session, length: int) -> None:
    for number in range(length):
        record(session, OFFICER, "documents.downloaded", f"document:{number}", title="名录")


def test_an_entry_says_who_did_what_to_what(session: Session) -> None:
    entry = record(
        session, OFFICER, "registry.batch.uploaded", "batch:1", address="192.0.2.1", filename="a.xlsx"
    )
    session.expire_all()
    assert (entry.actor_user_id, entry.actor_name, entry.actor_role, entry.organisation_id) == (
        7,
        "王经办",
        "city_officer",
        3,
    )
    assert (entry.id, entry.subject, entry.address) == (1, "batch:1", "192.0.2.1")
    assert entry.detail == '{"filename":"a.xlsx"}'
    assert entry.previous_hash == GENESIS
    assert current_head(session) == Head(1, entry.hash)


def test_the_system_acts_without_a_user(session: Session) -> None:
    entry = record(session, SYSTEM, "jobs.finished", "job:1", kind="甲")
    assert (entry.actor_user_id, entry.actor_role) == (None, "")


def test_the_address_of_the_request_is_taken_when_none_is_said(session: Session) -> None:
    def as_a_request() -> AuditEntry:
        request_address.set("198.51.100.4")
        return record(session, OFFICER, "access.denied", "page:1", path="/office")

    assert copy_context().run(as_a_request).address == "198.51.100.4"
    assert record(session, OFFICER, "access.denied", "page:1", path="/office").address == ""


def test_an_unknown_action_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="unknown audit code"):
        record(session, OFFICER, "registry.batch.eaten", "batch:1")


def test_many_deeds_are_one_chain_with_those_before_and_after(session: Session) -> None:
    fill(session, 1)
    deeds = [(f"document:{number}", {"title": f"名录{number}"}) for number in range(3)]
    assert record_each(session, OFFICER, "documents.downloaded", deeds, address="192.0.2.1\n2") == 3
    last = record(session, OFFICER, "documents.downloaded", "document:9", title="名录")
    among = select(AuditEntry).where(AuditEntry.id.between(2, 4)).order_by(AuditEntry.id)
    many = session.scalars(among).all()
    assert [(entry.subject, entry.detail) for entry in many] == [
        (f"document:{number}", f'{{"title":"名录{number}"}}') for number in range(3)
    ]
    assert {entry.address for entry in many} == {"192.0.2.1 2"}
    assert last.id == 5
    assert verify(session).is_sound


def test_of_many_deeds_one_that_cannot_be_told_leaves_none(session: Session) -> None:
    assert record_each(session, OFFICER, "documents.downloaded", []) == 0
    for wrong in (("document:2", {}), ("", {"title": "名录"}), ("x" * 121, {"title": "名录"})):
        with pytest.raises(ValueError, match=r"needs|characters"):
            record_each(session, OFFICER, "documents.downloaded", [("document:1", {"title": "名录"}), wrong])
    assert current_head(session) == Head(0, GENESIS)
    assert verify(session).rows == 0


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (120, True), (121, False)])
def test_a_subject_has_1_to_120_characters(session: Session, length: int, fits: bool) -> None:
    subject = "x" * length
    if fits:
        assert record(session, OFFICER, "access.denied", subject, path="/").subject == subject
        return
    with pytest.raises(ValueError, match="120 characters"):
        record(session, OFFICER, "access.denied", subject, path="/")


def test_a_line_break_in_a_name_makes_no_second_line(session: Session) -> None:
    forger = Actor(user_id=1, name="甲\r\n2026-03-05 管理员 登录\x00\ud800", role=None)
    entry = record(session, forger, "access.denied", "page:1", address="1.2.3.4\nx", path="/\r\nx")
    assert "\n" not in entry.actor_name + entry.detail + entry.address
    session.flush()
    assert verify(session).is_sound


def test_a_deed_that_is_rolled_back_leaves_no_entry_and_no_gap(engine: Engine) -> None:
    with Session(engine) as session:
        begin_writing(session)
        fill(session, 2)
        session.commit()
        begin_writing(session)
        Make(session).enterprise()
        record(session, OFFICER, "documents.downloaded", "document:9", title="名录")
        session.rollback()
        begin_writing(session)
        entry = record(session, OFFICER, "documents.downloaded", "document:3", title="名录")
        session.commit()
        assert entry.id == 3
        assert verify(session).rows == 3


def test_an_entry_undone_by_a_savepoint_leaves_no_gap(session: Session) -> None:
    fill(session, 1)
    with session.begin_nested() as savepoint:
        record(session, OFFICER, "documents.downloaded", "document:9", title="名录")
        savepoint.rollback()
    fill(session, 1)
    assert verify(session).rows == 2


def test_eight_writers_at_once_make_one_chain_without_gaps(engine: Engine) -> None:
    start = threading.Barrier(8)
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            start.wait()
            for number in range(5):
                with Session(engine) as session:
                    begin_writing(session)
                    subject = f"document:{writer}-{number}"
                    record(session, OFFICER, "documents.downloaded", subject, title="名录")
                    session.commit()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Session(engine) as session:
        report = verify(session)
        assert (report.rows, report.is_sound) == (40, True)
        assert session.scalar(select(func.count(AuditEntry.subject.distinct()))) == 40


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'x' WHERE id = 2",
        "UPDATE audit_entry SET id = 9 WHERE id = 3",
        "DELETE FROM audit_entry WHERE id = 3",
        "DELETE FROM audit_entry",
        "INSERT INTO audit_entry SELECT 9, " + THE_REST,  # leaves a gap
        "INSERT INTO audit_entry SELECT 4, " + THE_REST,  # does not follow the last one
        "UPDATE audit_head SET length = 2",
        "UPDATE audit_head SET length = 4",
        "UPDATE audit_head SET hash = '" + "9" * 64 + "'",
        "UPDATE audit_head SET length = 4, hash = (SELECT hash FROM audit_entry WHERE id = 3)",
        "DELETE FROM audit_head",
        "INSERT INTO audit_head (id, length, hash) VALUES (2, 0, '" + "0" * 64 + "')",
    ],
)
def test_the_database_refuses_to_change_the_log(session: Session, statement: str) -> None:
    fill(session, 3)
    before = current_head(session)
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(text(statement))
    assert current_head(session) == before
    assert verify(session).rows == 3


def test_replacing_and_emptying_are_refused_too(session: Session, database: str) -> None:
    fill(session, 3)
    columns = ", ".join(column.name for column in AuditEntry.__table__.columns if column.name != "actor_name")
    statements = {
        "sqlite": [
            f"REPLACE INTO audit_entry (actor_name, {columns}) SELECT 'x', {columns} FROM audit_entry",  # noqa: S608
            "REPLACE INTO audit_head (id, length, hash) SELECT 1, 0, hash FROM audit_head",
        ],
        "postgresql": ["TRUNCATE audit_entry", "TRUNCATE audit_head"],
    }
    for statement in statements[database]:
        with pytest.raises(DatabaseError), session.begin_nested():
            session.execute(text(statement))
    assert verify(session).is_sound


def test_nothing_is_recorded_in_a_database_without_a_head(session: Session, database: str) -> None:
    drop = {
        "sqlite": "DROP TRIGGER audit_head_remains",
        "postgresql": "DROP FUNCTION audit_head_remains() CASCADE",
    }
    session.execute(text(drop[database]))
    session.execute(text("DELETE FROM audit_head"))
    with pytest.raises(RuntimeError, match="no head"):
        fill(session, 1)


def test_a_timeline_holds_its_subjects_only_and_the_newest_first(session: Session) -> None:
    record(session, OFFICER, "documents.downloaded", "document:1", title="甲")
    record(session, OFFICER, "documents.downloaded", "document:10", title="乙")
    record(session, OFFICER, "documents.revoked", "document:1", title="甲", reason=_("内容有误"))
    page = timeline(session, ["document:1", "document:2"])
    assert [act.sentence for act in page.items] == ["作废文件《甲》：内容有误", "下载文件《甲》"]
    assert page.items[0].detail["reason"].template == "内容有误"
    assert page.next_cursor is None


def test_the_log_is_walked_forth_and_back_without_loss(session: Session) -> None:
    fill(session, 7)
    first = log_page(session, LogFilter(), size=3)
    second = log_page(session, LogFilter(), cursor=first.next_cursor, size=3)
    third = log_page(session, LogFilter(), cursor=second.next_cursor, size=3)
    ids = [[act.id for act in page.items] for page in (first, second, third)]
    assert ids == [[7, 6, 5], [4, 3, 2], [1]]
    assert third.next_cursor is None
    back = log_page(session, LogFilter(), cursor=third.previous_cursor, size=3)
    assert [act.id for act in back.items] == [4, 3, 2]


def test_a_forged_cursor_is_refused(session: Session) -> None:
    with pytest.raises(BadInput):
        log_page(session, LogFilter(), cursor="x" * 20)


def test_the_log_is_filtered_by_every_field(session: Session) -> None:
    record(session, OFFICER, "registry.batch.uploaded", "batch:1", filename="甲")
    record(session, SYSTEM, "registry.batch.undone", "batch:1", filename="甲")
    record(session, OFFICER, "documents.downloaded", "document:1", title="甲")
    third = session.get_one(AuditEntry, 3)

    def ids(**wanted: object) -> list[int]:
        return [act.id for act in log_page(session, LogFilter(**wanted)).items]  # type: ignore[arg-type]

    assert ids() == [3, 2, 1]
    assert ids(action="registry") == ids(action="registry.batch") == [2, 1]
    assert ids(action="registry.batch.undone") == [2]
    assert ids(action="regist") == ids(action="%") == []
    assert ids(subject="document:1") == [3]
    assert ids(actor_user_id=7) == ids(organisation_id=3) == [3, 1]
    assert ids(since=third.at) == [3]
    assert ids(until=third.at) == [2, 1]


def test_the_exported_head_is_read_back_and_private(session: Session, tmp_path) -> None:
    fill(session, 2)
    when = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    path = export_head(session, tmp_path / "heads", when)
    assert path.name == "2026-03-05.json"
    assert path.stat().st_mode & 0o777 == 0o600
    fill(session, 1)
    assert read_head(path).length == 2
    assert verify(session, read_head(path)).is_sound
    assert read_head(export_head(session, tmp_path / "heads", when)) == current_head(session)
    assert session.scalar(select(AuditHead.length)) == 3
