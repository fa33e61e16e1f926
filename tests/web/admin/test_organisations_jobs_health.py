"""Organisations with branches and regions; jobs started anew for their askers; the platform's vital signs."""

from __future__ import annotations

import pytest

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.jobs.models import Job, JobState
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.notices.models import OutboxMail
from tests.factories import credit_code


@pytest.fixture
def admin(client, make):
    client.sign_in(make.user(Role.ADMIN))
    return client


def form(**changed):
    return {
        "kind": "bank",
        "name": "样例新银行",
        "short_name": "",
        "parent_id": "",
        "region_code": "",
        **changed,
    }


def test_a_branch_stands_below_its_head_office(admin, make):
    head = make.organisation(name="样例乙银行")
    make.organisation(name="样例甲支行", parent_id=head.id)
    page = admin.get("/admin/orgs/").text
    assert page.index("样例乙银行") < page.index("样例甲支行")
    assert "，隶属样例乙银行" in page
    assert 'class="depth-1"' in page
    # A branch whose head office the search leaves out still stands in the list.
    assert "样例甲支行" in admin.get("/admin/orgs/?q=甲支行").text


def test_a_branch_is_registered_under_its_bank(admin, make, session):
    head = make.organisation()
    assert admin.post("/admin/orgs/new", data=form(parent_id=str(head.id))).status_code == 303
    assert session.query(Organisation).filter_by(name="样例新银行").one().parent_id == head.id
    again = admin.post("/admin/orgs/new", data=form())
    assert again.status_code == 422
    assert "已存在" in again.text


def test_a_county_office_needs_its_region(admin, make, session):
    region = make.region()
    refused = admin.post("/admin/orgs/new", data=form(kind="county_office"))
    assert refused.status_code == 422
    assert "县区局须指定所辖行政区划" in refused.text
    assert (
        admin.post("/admin/orgs/new", data=form(kind="county_office", region_code=region.code)).status_code
        == 303
    )
    assert session.query(Organisation).filter_by(name="样例新银行").one().region_code == region.code


def test_an_enterprise_is_named_by_its_credit_code(admin, make, session):
    firm = make.enterprise(credit_code=credit_code(77))
    for typed, says in (
        ("", "须对应名录中的一家企业"),
        ("123", "应为18位"),
        (credit_code(78), "企业库中没有"),
    ):
        refused = admin.post("/admin/orgs/new", data=form(kind="enterprise", enterprise_id=typed))
        assert refused.status_code == 422
        assert says in refused.text
    spaced = " ".join(firm.credit_code)
    assert (
        admin.post("/admin/orgs/new", data=form(kind="enterprise", enterprise_id=spaced)).status_code == 303
    )
    assert session.query(Organisation).filter_by(name="样例新银行").one().enterprise_id == firm.id


def test_an_organisation_switched_off_signs_its_people_out(admin, app, make, session):
    user = make.banker()
    other = app.test_client().sign_in(user)
    place = f"/admin/orgs/{user.organisation_id}/active"
    admin.post(place, data={"active": "0"})
    assert other.get("/account/").status_code == 303
    admin.post(place, data={"active": "1"})
    assert session.get(Organisation, user.organisation_id).is_active


def test_the_last_administrators_organisation_stays(client, make):
    me = make.user(Role.ADMIN)
    client.sign_in(me)
    assert client.post(f"/admin/orgs/{me.organisation_id}/active", data={"active": "0"}).status_code == 409


def test_kinds_can_be_listed_alone(admin, make):
    make.organisation(OrganisationKind.INSURER, name="样例保险一家")
    make.organisation(name="样例银行一家")
    page = admin.get("/admin/orgs/?kind=insurer").text
    assert "样例保险一家" in page
    assert "样例银行一家" not in page


def test_a_failed_job_is_tried_again_for_the_person_who_asked(admin, make, session):
    asker = make.officer()
    job = make.job(state=JobState.FAILED, asked_by_user_id=asker.id, asked_by=asker.name)
    assert "重试" in admin.get("/admin/jobs/?state=failed").text
    assert admin.post(f"/admin/jobs/{job.id}/retry").status_code == 303
    after = session.get(Job, job.id)
    assert after.asked_by_user_id == asker.id
    assert after.attempts == 1  # it ran again, and this kind of job is not known here


def test_a_job_that_is_done_is_not_run_twice(admin, make):
    job = make.job(state=JobState.DONE)
    assert admin.post(f"/admin/jobs/{job.id}/retry").status_code == 409


def test_a_running_job_is_asked_to_stop(admin, make, session):
    job = make.job(state=JobState.RUNNING, heartbeat_at=now_utc())
    admin.post(f"/admin/jobs/{job.id}/cancel")
    assert session.get(Job, job.id).is_cancel_wanted


def test_health_names_what_is_missing_and_what_is_stuck(admin, make):
    make.outbox_mail(recipient="gone@example.test", attempts=6, last_error="550 no such user")
    page = admin.get("/admin/health/").text
    for shown in (
        "运行状况",
        "未设置邮件服务器",
        "未设置帮助电话",
        "gone@example.test",
        "550 no such user",
        "最新",
    ):
        assert shown in page


def test_a_stuck_mail_can_be_sent_again(admin, make, session):
    mail = make.outbox_mail(attempts=6, last_error="450 later")
    admin.post(f"/admin/health/mails/{mail.id}/again")
    assert session.get(OutboxMail, mail.id).attempts == 0


def test_the_watcher_reads_that_all_is_well(client):
    reply = client.get("/healthz")
    assert reply.status_code == 200
    assert reply.json == {"status": "ok", "database": True, "schema_current": True, "queue_age_seconds": None}


def test_the_watcher_reads_that_nobody_takes_the_jobs(client, make):
    make.job(created_at=now_utc())
    assert client.get("/healthz").status_code == 200
    make.job(created_at=now_utc().replace(year=2025))
    reply = client.get("/healthz")
    assert reply.status_code == 503
    assert reply.json["queue_age_seconds"] > 600


def test_the_watcher_reads_that_the_tables_are_old(client, session):
    from sqlalchemy import text

    session.execute(text("UPDATE alembic_version SET version_num = '001'"))
    reply = client.get("/healthz")
    assert reply.status_code == 503
    assert reply.json["schema_current"] is False
