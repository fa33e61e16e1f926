"""Following a background job: by reloading, by a script, and after everything was started anew."""

from __future__ import annotations

import pytest

from ipfin.app import create_app
from ipfin.jobs.models import Job, JobState
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.web.database import db


@pytest.fixture
def officer(make):
    return make.officer()


def running(make, user, **overrides):
    chosen = {"kind": "registry.commit_batch", "state": JobState.RUNNING, "asked_by_user_id": user.id}
    chosen |= {"asked_by": user.name, "total_units": 200, "done_units": 50, "heartbeat_at": now_utc()}
    chosen["message"] = {"template": "正在写入第%(row)s行", "params": {"row": 50}}
    return make.job(**{**chosen, **overrides})


def test_a_running_job_shows_how_far_it_is_and_reloads_by_itself(client, make, officer):
    job = running(make, officer)
    page = client.sign_in(officer).get(f"/office/jobs/{job.id}?back=/office/import/").text
    for shown in ("写入名单", '<progress max="100" value="25"', "25%", "正在写入第50行", "停止任务"):
        assert shown in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert "查看结果" not in page


def test_nobody_claims_to_know_how_far_what_has_no_measure(client, make, officer):
    job = running(make, officer, total_units=0, done_units=0, message=None)
    page = client.sign_in(officer).get(f"/office/jobs/{job.id}").text
    assert '<progress max="100" aria-label' in page
    assert client.get(f"/office/jobs/{job.id}/progress").json["percent"] is None


def test_a_finished_job_leads_to_its_result_and_reloads_no_more(client, make, officer):
    job = running(make, officer, state=JobState.DONE, finished_at=now_utc())
    page = client.sign_in(officer).get(f"/office/jobs/{job.id}?back=/events/").text
    assert "查看结果" in page
    assert 'href="/events/"' in page
    assert "http-equiv" not in page
    assert "正在写入第50行" not in page, "it is over"


def test_a_running_job_goes_on_to_its_result_by_itself(client, make, officer):
    job = running(make, officer)
    page = client.sign_in(officer).get(f"/office/jobs/{job.id}?back=/events/").text
    assert 'data-onward="/events/"' in page
    assert "data-onward" not in client.get(f"/office/jobs/{job.id}?back=//evil.example").text
    job.state, job.finished_at = JobState.DONE, now_utc()
    make.session.commit()
    assert client.get(f"/office/jobs/{job.id}/progress").json["is_done"] is True


def test_the_way_back_leads_nowhere_else(client, make, officer):
    job = running(make, officer, state=JobState.DONE, finished_at=now_utc())
    page = client.sign_in(officer).get(f"/office/jobs/{job.id}?back=//evil.example").text
    assert 'href="//evil' not in page
    assert "查看结果" not in page


def test_a_failed_job_says_why_and_what_to_do(client, make, officer):
    why = {"template": "第%(row)s行申请号无法识别。", "params": {"row": 7}}
    job = running(make, officer, state=JobState.FAILED, finished_at=now_utc(), message=why)
    page = client.sign_in(officer).get(f"/office/jobs/{job.id}?back=/office/import/").text
    assert "第7行申请号无法识别" in page
    assert "没有保存任何内容" in page
    assert "查看结果" not in page, "there is none"
    assert 'href="/office/import/">返回' in page


def test_a_script_reads_the_same(client, make, officer):
    job = running(make, officer)
    reply = client.sign_in(officer).get(f"/office/jobs/{job.id}/progress")
    told = {"percent": 25, "state": "进行中", "message": "正在写入第50行"}
    assert reply.json == {"is_over": False, "is_done": False, **told}


def test_the_page_is_the_same_after_the_server_was_started_anew(client, settings, session, make, officer):
    job = running(make, officer)
    token = client.sign_in(officer).get_cookie("ipfin_session").value
    session.commit()
    anew = create_app(settings)
    browser = anew.test_client()
    browser.set_cookie("ipfin_session", token)
    page = browser.get(f"/office/jobs/{job.id}")
    with anew.app_context():
        db.engine.dispose()
    assert "正在写入第50行" in page.text


def test_the_list_is_narrowed_to_a_state(client, make, officer):
    running(make, officer)
    running(make, officer, kind="whitelist.run_scores", state=JobState.FAILED)
    page = client.sign_in(officer).get("/office/jobs/?state=failed").text
    assert "企业评分" in page
    assert "写入名单" not in page
    assert "没有这样的后台任务" in client.get("/office/jobs/?state=cancelled").text


def test_a_county_sees_the_jobs_it_asked_for_only(client, make, officer):
    county = make.user(Role.COUNTY_OFFICER)
    own, other = running(make, county), running(make, officer, kind="whitelist.run_scores")
    page = client.sign_in(county).get("/office/jobs/").text
    assert "写入名单" in page
    assert "企业评分" not in page
    assert client.get(f"/office/jobs/{own.id}").status_code == 200
    assert client.get(f"/office/jobs/{other.id}").status_code == 404


def test_only_who_asked_may_stop_a_job(client, make, session, officer):
    own, other = running(make, officer), running(make, make.officer())
    client.sign_in(officer)
    assert client.post(f"/office/jobs/{other.id}/cancel").status_code == 404
    assert "停止任务" not in client.get(f"/office/jobs/{other.id}").text
    assert client.post(f"/office/jobs/{own.id}/cancel", data={"back": "/events/"}).status_code == 303
    assert session.get(Job, own.id).is_cancel_wanted
    assert not session.get(Job, other.id).is_cancel_wanted
    assert "已请求停止" in client.get(f"/office/jobs/{own.id}").text


def test_what_is_over_cannot_be_stopped(client, make, officer):
    job = running(make, officer, state=JobState.DONE)
    assert client.sign_in(officer).post(f"/office/jobs/{job.id}/cancel").status_code == 409
