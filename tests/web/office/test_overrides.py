"""The page of one candidate: an override by two persons, and both texts where two wrote at once."""

from __future__ import annotations

import pytest

from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import RoundEntry, WhitelistRound


@pytest.fixture
def entry(make) -> RoundEntry:
    round_ = make.round(state=RoundState.DRAFT)
    return make.round_entry(round=round_, outcome=EntryOutcome.BELOW_LINE)


@pytest.fixture
def place(entry, session) -> str:
    round_ = session.get_one(WhitelistRound, entry.round_id)
    return f"/office/whitelist/{round_.number}/firms/{entry.enterprise.public_id}"


@pytest.fixture
def maker(client, make):
    return client.sign_in(make.officer(name="经办甲"))


@pytest.fixture
def checker(app, make):
    return app.test_client().sign_in(make.officer(name="复核乙"))


def test_one_proposes_and_another_approves(maker, checker, place, session, audited) -> None:
    assert maker.post(place, data={"version": "1", "override_reason": ""}).status_code == 422
    assert maker.post(place, data={"version": "1", "override_reason": "属重点产业链"}).status_code == 303
    page = maker.get(place).text
    assert "待第二人确认" in page
    assert "确认调整" not in page
    assert maker.post(f"{place}/approve", data={"version": "2"}).status_code == 403
    assert "确认调整" in checker.get(place).text
    assert checker.post(f"{place}/approve", data={"version": "1"}).status_code == 409
    assert checker.post(f"{place}/approve", data={"version": "2"}).status_code == 303
    assert session.query(RoundEntry).one().outcome is EntryOutcome.ADMITTED
    assert len(audited("whitelist.override.approved")) == 1


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 12])
def test_a_form_without_the_right_version_changes_nothing(maker, place, session, version) -> None:
    assert maker.post(place, data={"version": version, "override_reason": "理由"}).status_code == 409
    assert session.query(RoundEntry).one().override_outcome is None


def test_who_comes_second_reads_both_texts_and_may_go_on(maker, checker, place, session) -> None:
    checker.get(place)
    maker.post(place, data={"version": "1", "override_reason": "甲的理由"})
    refused = checker.post(place, data={"version": "1", "override_reason": "乙的理由"})
    assert refused.status_code == 409
    assert "甲的理由" in refused.text
    assert "乙的理由" in refused.text
    assert 'value="2"' in refused.text
    assert session.query(RoundEntry).one().override_reason == "甲的理由"
    assert checker.post(place, data={"version": "2", "override_reason": "乙的理由"}).status_code == 303
    assert session.query(RoundEntry).one().override_reason == "乙的理由"
    assert maker.post(f"{place}/drop", data={"version": "3"}).status_code == 303
