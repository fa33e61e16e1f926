"""The office chooses what an issue holds and who gets it, previews it as a recipient, sets the schedule."""

from __future__ import annotations

import pytest

from ipfin.accounts.models import OrganisationKind
from ipfin.kernel.actor import Role
from ipfin.reports.directory import IssueState, LeftReason, LineChange
from ipfin.reports.models import DirectoryIssue, DirectorySchedule
from ipfin.reports.schedule import Frequency

TIERS = {f"tier_{kind}": "consented" for kind in ("bank", "insurer", "guarantor")}
FORM = {"title": "样例名录", "holding": "valid", "least": "1", "kinds": ["bank", "insurer"]} | TIERS
SCHEDULE = FORM | {"frequency": "quarterly", "day": "8", "remind_after_days": "3"}


@pytest.fixture
def office(client, make):
    for name in ("甲", "乙"):
        make.patent(holders=[make.enterprise(name=f"样例{name}有限公司", industry_code="C3499")])
    return client.sign_in(make.officer())


def test_scope_and_recipients_are_frozen_and_said_on_the_issue(office, make, session) -> None:
    bank, other = make.organisation(OrganisationKind.BANK), make.organisation(OrganisationKind.BANK)
    page = office.get("/office/releases/new").text
    assert "34 " in page
    assert other.name in page
    chosen = FORM | {"industries": ["34"], "fresh_days": "90", "organisations": [str(bank.id)]}
    reply = office.post("/office/releases/new", data=chosen)
    assert reply.status_code == 303
    issue = session.query(DirectoryIssue).one()
    assert (issue.scope["industries"], issue.scope["fresh_days"]) == (["34"], 90)
    page = office.get(reply.location).text
    assert "行业大类代码：34" in page
    assert "发布后送达1家机构" in page
    assert bank.name in page
    assert other.name not in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"least": "0"}, "least-error"),
        ({"least": "x"}, "least-error"),
        ({"fresh_days": "4000"}, "fresh_days-error"),
        ({"kinds": []}, "请至少选择一类送达机构"),
        ({"holding": "all"}, "holding-error"),
        ({"industries": ["99"]}, "所选内容不在可选范围内"),
        ({"tier_bank": "everything"}, "tier_bank-error"),
        ({"organisations": ["9999"]}, "所选内容不在可选范围内"),
    ],
)
def test_an_impossible_choice_is_refused_at_its_field(office, session, changes, sentence) -> None:
    reply = office.post("/office/releases/new", data=FORM | changes)
    assert reply.status_code == 422
    assert sentence in reply.text
    assert session.query(DirectoryIssue).count() == 0


def test_a_draft_s_recipients_are_changed_and_a_submitted_one_s_not(office, make, session) -> None:
    insurer = make.organisation(OrganisationKind.INSURER)
    draft, waiting = make.issue(state=IssueState.DRAFT), make.issue(state=IssueState.SUBMITTED)
    assert office.get(f"/office/releases/{draft.number}/recipients").status_code == 200
    wanted = {"kinds": ["insurer"]} | TIERS
    assert office.post(f"/office/releases/{draft.number}/recipients", data=wanted).status_code == 303
    assert insurer.name in office.get(f"/office/releases/{draft.number}").text
    assert office.post(f"/office/releases/{draft.number}/recipients", data=TIERS).status_code == 422
    refused = office.post(f"/office/releases/{waiting.number}/recipients", data=wanted)
    assert refused.status_code == 409
    assert "不能再改送达对象" in refused.text


def test_an_issue_is_previewed_as_a_bank_with_who_did_not_consent(office, make) -> None:
    bank, firm, closed = make.organisation(), make.enterprise(name="样例丙有限公司"), make.enterprise()
    choice = {"kinds": ["bank"], "tiers": {"bank": "consented"}}
    issue = make.issue(state=IssueState.DRAFT, lines_count=2, recipients=choice)
    for each in (firm, closed):
        line = make.issue_line(issue, enterprise=each)
        line.facts = line.facts | {"tax_credit": "税务样例"}
    make.consent(firm, bank)
    place = f"/office/releases/{issue.number}/preview/{bank.id}"
    page = office.get(place).text
    assert page.count("税务样例") == 1
    without = office.get(f"{place}?consent=without").text
    assert closed.name in without
    assert firm.name not in without
    assert firm.name in office.get(f"{place}?consent=with").text
    agency = make.organisation(OrganisationKind.AGENCY)
    assert office.get(f"/office/releases/{issue.number}/preview/{agency.id}").status_code == 404


def test_differences_are_shown_with_old_values_and_reasons(office, make) -> None:
    issue = make.issue()
    make.issue_line(issue, change=LineChange.CHANGED, before={"valid_count": 7})
    make.issue_line(issue, change=LineChange.LEFT, position=0, left_reason=LeftReason.NO_VALID)
    assert "有效专利：7 → 1" in office.get(f"/office/releases/{issue.number}?change=changed").text
    left = office.get(f"/office/releases/{issue.number}?change=left").text
    assert "已无有效专利（1）" in left


# --- The schedule ------------------------------------------------------------------------------------


def test_the_schedule_is_set_shown_and_logged(office, session, audited) -> None:
    assert "没有开启自动编制" in office.get("/office/releases/").text
    assert office.get("/office/releases/schedule/").status_code == 200
    assert office.post("/office/releases/schedule/", data=SCHEDULE).status_code == 303
    kept = session.query(DirectorySchedule).one()
    assert (kept.frequency, kept.day, kept.remind_after_days) == (Frequency.QUARTERLY, 8, 3)
    assert "自动编制：下一次" in office.get("/office/releases/").text
    page = office.get("/office/releases/schedule/").text
    assert "下一次编制日" in page
    assert len(audited("reports.schedule.changed")) == 1


@pytest.mark.parametrize(
    "changes",
    [{"day": "29"}, {"day": ""}, {"remind_after_days": "61"}, {"frequency": "daily"}, {"title": ""}],
)
def test_an_impossible_schedule_is_refused(office, session, changes) -> None:
    assert office.post("/office/releases/schedule/", data=SCHEDULE | changes).status_code == 422
    assert session.query(DirectorySchedule).count() == 0


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.AUDITOR, Role.BANK])
def test_only_the_city_office_sets_the_schedule(client, make, role) -> None:
    browser = client.sign_in(make.user(role))
    assert browser.get("/office/releases/schedule/").status_code == 403
    assert browser.post("/office/releases/schedule/", data=SCHEDULE).status_code == 403
