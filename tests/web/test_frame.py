"""The frame of every request: one commit place, readers that wait for nobody, errors in words."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from ipfin.accounts.models import Organisation, UserSession
from ipfin.db import WRITES
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition, NotAllowed, NotFound
from ipfin.kernel.text import _
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session, unit_of_work
from tests.web.conftest import Unwritten
from tests.web.looking import faults_of, header_faults


def test_who_reads_waits_for_no_writer(client, make, session, engine):
    """Somebody imports for half a minute; noting that a session was seen must not hold the page up."""
    client.sign_in(make.banker())
    row = session.query(UserSession).one()
    row.last_seen_at = seen = now_utc() - timedelta(minutes=5)
    session.commit()
    with engine.connect().execution_options(**{WRITES: True}) as writer, writer.begin():
        writer.execute(text("UPDATE user_session SET user_agent = 'being written'"))
        started = time.monotonic()
        assert client.get("/account/").status_code == 200
        assert time.monotonic() - started < 3
    assert session.query(UserSession).one().last_seen_at == seen
    assert client.get("/account/").status_code == 200
    assert session.query(UserSession).one().last_seen_at > seen


def test_a_session_is_noted_once_a_minute_at_most(client, make, session):
    client.sign_in(make.banker())
    client.get("/account/")
    assert not any(statement.startswith("UPDATE") for statement in client.statements)


def test_a_page_asks_the_database_few_times(client, make):
    user = make.banker()
    for _each in range(20):
        make.notice(user)
    client.sign_in(user).get("/inbox/")
    assert len(client.statements) <= 8, client.statements


@pytest.fixture
def app_changes() -> bool:
    return True


def views(app: Flask, **functions):
    for name, function in functions.items():
        app.add_url_rule(f"/try/{name}", name, open_to_everyone(function))


def test_a_view_that_forgets_the_unit_of_work_is_caught(app, client):
    def forgets():
        current_session().add(Organisation(kind="bank", name="样例", created_at=now_utc()))
        current_session().flush()
        return "saved, or so it seems"

    views(app, forgets=forgets)
    with pytest.raises(Unwritten, match="/try/forgets"):
        client.get("/try/forgets")


def test_a_refused_use_case_leaves_nothing(app, client, session):
    def refused():
        with unit_of_work() as writing:
            writing.add(Organisation(kind="bank", name="样例", created_at=now_utc()))
            writing.flush()
            raise BadInput(_("第%(row)s行：日期有误。", row=3))

    views(app, refused=refused)
    reply = client.get("/try/refused")
    assert reply.status_code == 422
    assert "第3行：日期有误。" in reply.text
    assert session.query(Organisation).count() == 0


def test_two_of_the_same_are_a_conflict_in_words(app, client, make, session):
    taken = make.organisation().name

    def twice():
        with unit_of_work() as writing:
            writing.add(Organisation(kind="bank", name=taken, created_at=now_utc()))
        return "saved"

    views(app, twice=twice)
    reply = client.get("/try/twice")
    assert reply.status_code == 409
    assert "与已有记录冲突" in reply.text


@pytest.mark.parametrize(
    ("kind", "status"),
    [(NotFound, 404), (NotAllowed, 403), (Conflict, 409), (InvalidTransition, 409), (BadInput, 422)],
)
def test_each_kind_of_refusal_has_its_status(app, client, kind, status):
    def refuses():
        raise kind(_("此事不可。"))

    views(app, refuses=refuses)
    reply = client.get("/try/refuses")
    assert reply.status_code == status
    assert "此事不可。" in reply.text


def test_a_failure_tells_a_number_and_nothing_of_the_inside(app, client, capsys):
    def fails():
        raise RuntimeError("secret inside: 13812345678")

    views(app, fails=fails)
    with pytest.raises(AssertionError, match="failed"):  # the tests' browser never lets one pass
        client.get("/try/fails")
    logged = capsys.readouterr().out
    assert "secret inside: 138****5678" in logged
    reply = app.test_client(use_cookies=False)
    reply.looks = False
    with pytest.raises(AssertionError):
        reply.get("/try/fails")


# --- The look at every page finds what is planted ---------------------------------------------------

PAGE = (
    '<!doctype html><html lang="zh-CN"><head><title>页</title></head>'
    "<body><main><h1>标题</h1>{}</main></body></html>"
)


@pytest.mark.parametrize(
    ("planted", "says"),
    [
        ("<h1>又一个</h1>", "2 first headings"),
        ("<h3>跳级</h3>", "follows h1"),
        ("<input name='a'>", "has no label"),
        ("<label for='a'> </label><input id='a'>", "has no label"),
        ("<p id='a'></p><p id='a'></p>", "stands 2 times"),
        ("<input aria-label='甲' aria-describedby='nowhere'>", "points nowhere"),
        ("<form method='post'></form>", "0 form tokens"),
        ("<form><input type='hidden' name='csrf_token' value='x'></form>", "into the address"),
        ("<a>没有去处</a>", "leads nowhere"),
        ("<a href='/x'></a>", "has no words"),
        ("<button></button>", "without words"),
        ("<img src='/x.png'>", "no alternative text"),
        ("<p style='color:red'>红</p>", "style of its own"),
        ("<p onclick='x()'>点</p>", "handler"),
        ("<a href='java\tscript:x()'>点</a>", "leads to"),
        ("<a href='//evil.example'>点</a>", "leads to"),
        ("<script>x()</script>", "not ours"),
        ("<iframe src='/x'></iframe>", "holds iframe"),
        ("<p>city_officer</p>", "city_officer"),
        ("<p>状态：queued</p>", "queued"),
        ("<p>状态queued的任务</p>", "queued"),
        ("<p title='queued'>状态</p>", "queued"),
        ("<p>共None家</p>", "None"),
        ("<p>{'template': 'x'}</p>", "{'"),
        ("<p>第%(row)s行</p>", "%(row)s"),
        ("<p>{{ name }}</p>", "{{"),
        ("<p><table><tr><td>歪</p>", "not well-formed"),
    ],
)
def test_a_planted_fault_on_a_page_is_found(planted, says):
    assert faults_of(PAGE.format("")) == []
    found = faults_of(PAGE.replace("{}", planted))
    assert any(says in fault for fault in found), found


@pytest.mark.parametrize(
    "right",
    [
        "<p>queued@example.test</p>",
        "<code>queued</code>",
        "<td class='code'>queued</td>",
        "<label>姓名 <input name='a'></label>",
        "<label for='a'>姓名</label><input id='a'>",
        "<form method='post'><input type='hidden' name='csrf_token' value='x'></form>",
    ],
)
def test_what_is_right_on_a_page_is_left_alone(right):
    right = right.replace("<td", "<table><tr><td").replace("</td>", "</td></tr></table>")
    assert [fault for fault in faults_of(PAGE.format(right)) if "well-formed" not in fault] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'"),
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-Content-Type-Options", ""),
        ("Cache-Control", "public"),
        ("Vary", "Accept"),
    ],
)
def test_a_planted_fault_in_the_headers_is_found(client, name, value):
    headers = dict(client.get("/login").headers)
    assert header_faults(headers) == []
    assert header_faults({**headers, name: value}) != []
