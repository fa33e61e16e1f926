"""The auditor reads, filters, exports and verifies the log, and changes nothing but the log of doing so."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from ipfin.audit.codes import CODES
from ipfin.audit.models import AuditEntry
from ipfin.audit.service import record
from ipfin.jobs.models import JobState
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.web.auditor import chain as chain_page
from ipfin.web.auditor.wanted import GROUPS


@pytest.fixture
def auditor(client, make):
    client.sign_in(make.user(Role.AUDITOR, name="审计员甲"))
    return client


def note(make, action="exports.made", subject="audit:log", role=Role.CITY_OFFICER, **detail):
    actor = make.actor(role)
    record(make.session, actor, action, subject, **(detail or {"name": "名单.xlsx", "rows": 3}))
    return actor


def forge(session, statement, **values):
    """Change the log as somebody does who owns the database: the guards are taken away first."""
    if session.get_bind().dialect.name == "sqlite":
        for (name,) in session.execute(
            text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit_entry'")
        ).all():
            session.execute(text(f"DROP TRIGGER {name}"))
    else:
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
    session.execute(text(statement), values)
    session.commit()


def test_the_log_is_filtered_by_kind_organisation_subject_and_person(auditor, make):
    one = note(make)
    two = note(make, "registry.batch.undone", "batch:7", filename="二季度.xlsx")

    def shown(query):
        page = auditor.get(f"/audit/log?{query}").text
        return {name for name in ("导出名单.xlsx", "撤销名单二季度.xlsx") if name in page}

    both = {"导出名单.xlsx", "撤销名单二季度.xlsx"}
    assert shown("") == both
    assert shown("action=registry") == {"撤销名单二季度.xlsx"}
    assert shown("action=registry.batch.undone") == {"撤销名单二季度.xlsx"}
    assert shown("action=regi") == set()
    assert shown("subject=batch:7") == {"撤销名单二季度.xlsx"}
    assert shown(f"user={one.user_id}") == {"导出名单.xlsx"}
    assert shown(f"organisation={two.organisation_id}") == {"撤销名单二季度.xlsx"}
    assert shown("since=nonsense&until=&user=x&organisation=-1") == both


def test_both_days_of_a_period_count_and_are_days_in_china(auditor, make, session):
    note(make)
    # 16:30 UTC on the 4th is half past midnight on the 5th in China.
    forge(
        session,
        "UPDATE audit_entry SET at = :at",
        at=_stored(session, datetime(2026, 3, 4, 16, 30, tzinfo=UTC)),
    )

    def is_shown(query):
        return "导出名单.xlsx" in auditor.get(f"/audit/log?{query}").text

    assert is_shown("since=2026-03-05&until=2026-03-05")
    assert not is_shown("until=2026-03-04")
    assert not is_shown("since=2026-03-06")


def _stored(session, instant):
    return (
        instant.strftime("%Y-%m-%d %H:%M:%S.000000")
        if session.get_bind().dialect.name == "sqlite"
        else instant
    )


def test_the_log_turns_pages_without_losing_an_entry(auditor, make, session):
    for number in range(120):
        note(make, "registry.batch.undone", f"batch:{number}", filename=f"{number}.xlsx")
    seen, place = [], "/audit/log?action=registry"
    while place:
        page = auditor.get(place).text
        seen += [int(part.split(".xlsx")[0]) for part in page.split("撤销名单")[1:]]
        following = page.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in page else ""
        place = following.replace("&amp;", "&")
    assert seen == list(range(119, -1, -1))


def test_an_extract_holds_what_the_list_shows_and_is_itself_noted(auditor, make, audited):
    note(make)
    note(make, "registry.batch.undone", "batch:7", filename="=cmd|'/c calc'!A1")
    refused = auditor.post("/audit/log/export?action=registry", data={"purpose": ""})
    assert refused.status_code == 422
    reply = auditor.post("/audit/log/export?action=registry", data={"purpose": "internal"})
    assert reply.mimetype.endswith("spreadsheetml.sheet")
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(reply.data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    words = [str(cell.value) for cell in cells]
    assert any("撤销名单=cmd" in word for word in words)
    assert not any("导出名单" in word for word in words)
    assert any("审计员甲" in word for word in words)
    assert any("内部审计" in word for word in words)
    entry = audited("exports.made")[-1]
    assert '"rows":1' in entry.detail
    assert entry.actor_name == "审计员甲"


def test_a_sound_chain_is_said_to_be_sound_by_whom_and_when(auditor, make, audited):
    note(make)
    assert "尚未校验" in auditor.get("/audit/chain/").text
    assert auditor.post("/audit/chain/verify").status_code == 303
    page = auditor.get("/audit/chain/").text
    assert "完好" in page
    assert "审计员甲" in page
    assert len(audited("audit.chain.verified")) == 1


def test_an_edited_entry_is_named_by_its_number_in_red(auditor, make, session):
    for number in range(5):
        note(make, "registry.batch.undone", f"batch:{number}", filename="x.xlsx")
    forge(session, "UPDATE audit_entry SET actor_name = 'somebody else' WHERE id = 3")
    auditor.post("/audit/chain/verify")
    page = auditor.get("/audit/chain/").text
    assert "notice-bad" in page
    assert "第3条的内容与摘要不符" in page


def test_a_log_rewritten_as_a_whole_is_found_by_a_kept_head(auditor, make, session, settings):
    note(make)
    auditor.post("/audit/chain/heads")
    assert (settings.audit_heads_dir / f"{_utc_day()}.json").exists() or list(
        settings.audit_heads_dir.iterdir()
    )
    kept = next(settings.audit_heads_dir.glob("*.json"))
    kept.write_text(kept.read_text().replace('"hash": "', '"hash": "f').replace('", "length"', '", "length"'))
    auditor.post("/audit/chain/verify")
    assert "与另行留存的链头不符" in auditor.get("/audit/chain/").text


def _utc_day():
    return f"{today_in_china():%Y-%m-%d}"


def test_a_head_that_cannot_be_read_is_said_so(auditor, settings):
    settings.audit_heads_dir.mkdir(parents=True)
    (settings.audit_heads_dir / "2026-01-01.json").write_text("{broken")
    assert "文件无法读取" in auditor.get("/audit/chain/").text
    assert auditor.post("/audit/chain/verify").status_code == 303


def test_a_log_without_its_end_is_reported_though_nothing_can_be_noted(auditor, make, session):
    note(make)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit_head DISABLE TRIGGER ALL"))
    else:
        for (name,) in session.execute(
            text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit_head'")
        ).all():
            session.execute(text(f"DROP TRIGGER {name}"))
    session.execute(text("DELETE FROM audit_head"))
    reply = auditor.post("/audit/chain/verify")
    assert reply.status_code == 200
    assert "链头记录缺失" in reply.text


def test_a_long_log_is_verified_by_the_worker(auditor, make, audited, monkeypatch):
    monkeypatch.setattr(chain_page, "MOST_AT_ONCE", 2)
    for _each in range(3):
        note(make)
    assert auditor.post("/audit/chain/verify").status_code == 303
    page = auditor.get("/audit/chain/").text
    assert "正在后台校验，本页会自动刷新" in page  # what was said; here the worker was done at once
    assert "完好" in page
    assert [entry.actor_name for entry in audited("audit.chain.verified")] == ["审计员甲"]


def test_the_page_reloads_while_the_worker_reads(client, make):
    user = make.user(Role.AUDITOR)
    make.job(kind="audit.verify", key="audit:verify:1", state=JobState.RUNNING, asked_by_user_id=user.id)
    assert 'http-equiv="refresh"' in client.sign_in(user).get("/audit/chain/").text


def test_reading_the_log_leaves_it_as_it_is(auditor, make, session):
    note(make)
    before = session.query(AuditEntry).count()
    for place in ("/audit/log", "/audit/chain/", "/audit/log/export", "/audit/log?action=exports"):
        assert auditor.get(place).status_code == 200
    assert session.query(AuditEntry).count() == before


def test_every_kind_of_act_can_be_chosen(auditor):
    assert {code.split(".")[0] for code in CODES} == set(GROUPS)
    page = auditor.get("/audit/log").text
    for group in GROUPS:
        assert f'<option value="{group}"' in page
