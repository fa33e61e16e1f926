"""Several candidates at once: a list to confirm, one reason, all or none, and a second person who decides."""

from __future__ import annotations

from datetime import date

import pytest

from ipfin.conduct.rules import ConductCode
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import RoundEntry

BELOW, OUT = EntryOutcome.BELOW_LINE, EntryOutcome.EXCLUDED


@pytest.fixture
def round_(make):
    return make.round(state=RoundState.DRAFT)


@pytest.fixture
def firms(make, round_):
    """Return three candidates: two below the line (one of them on a register now), one that is excluded."""
    found = [make.enterprise(name=f"样例{name}有限公司") for name in ("甲", "乙", "丙")]
    for firm, outcome in zip(found, (BELOW, BELOW, OUT), strict=True):
        make.round_entry(firm, round=round_, outcome=outcome)
    make.conduct_record(found[1], code=ConductCode.E02, effective_on=date(2026, 1, 1))
    return found


@pytest.fixture
def place(round_) -> str:
    return f"/office/whitelist/{round_.number}/overrides"


@pytest.fixture
def maker(client, make):
    return client.sign_in(make.officer(name="经办甲"))


@pytest.fixture
def checker(app, make):
    return app.test_client().sign_in(make.officer(name="复核乙"))


def ticked(firms, version: int = 1, **more: object) -> dict[str, object]:
    ids = [firm.public_id for firm in firms]
    versions = {f"version-{public_id}": str(version) for public_id in ids}
    return {"firm": ids, "listed": ids, **versions, **more}


def outcomes(session) -> list[EntryOutcome]:
    session.expire_all()
    return [row.outcome for row in session.query(RoundEntry).order_by(RoundEntry.id)]


def test_the_list_to_confirm_says_what_each_becomes_and_what_stands_in_its_way(
    maker, place, firms, round_
) -> None:
    page = maker.get(f"/office/whitelist/{round_.number}").text
    assert page.count('form="bulk"') == 2  # the excluded firm cannot be chosen
    asked = "&".join(f"firm={firm.public_id}" for firm in firms)
    page = maker.get(f"{place}/new?{asked}").text
    for words in ("不能调整", "发布时会暂缓", "严重违法失信", "调整3家企业的结论"):
        assert words in page
    assert page.count('name="firm"') == 2
    assert maker.get(f"{place}/new").status_code == 303
    assert maker.get(f"{place}/new?firm=nobody").status_code == 404


def test_one_proposes_a_list_and_another_decides_single_rows_of_it(
    maker, checker, place, firms, session, audited
) -> None:
    both = firms[:2]
    assert maker.post(f"{place}/new", data=ticked(both, override_reason="")).status_code == 422
    assert maker.post(f"{place}/new", data=ticked(both, override_reason="属重点产业链")).status_code == 303
    page = maker.get(f"{place}/").text
    assert "由您提出" in page
    assert "确认所选" not in page
    assert maker.post(f"{place}/approve", data=ticked(both, 2)).status_code == 403
    page = checker.get(f"{place}/").text
    assert "经办甲提出，2家" in page
    assert checker.post(f"{place}/approve", data={}).status_code == 422
    assert checker.post(f"{place}/approve", data=ticked(both[:1], 2)).status_code == 303
    assert outcomes(session) == [EntryOutcome.ADMITTED, BELOW, OUT]
    assert "经办甲提出，1家" in checker.get(f"{place}/").text
    assert maker.post(f"{place}/drop", data=ticked(both[1:], 2)).status_code == 303
    assert "没有等待确认的调整" in checker.get(f"{place}/").text
    assert len(audited("whitelist.override.proposed")) == 2


def test_a_list_with_one_stale_or_forbidden_row_saves_nothing_and_shows_both_texts(
    maker, checker, place, firms, session
) -> None:
    first = ticked(firms[:1], override_reason="甲的理由")
    assert maker.post(f"{place}/new", data=first).status_code == 303
    refused = checker.post(f"{place}/new", data=ticked(firms[:2], override_reason="乙的理由"))
    assert refused.status_code == 409
    for words in ("甲的理由", "乙的理由", "样例甲有限公司", 'value="2"'):
        assert words in refused.text
    session.expire_all()
    assert [row.override_reason for row in session.query(RoundEntry).order_by(RoundEntry.id)] == [
        "甲的理由", "", "",
    ]  # fmt: skip
    every = ticked(firms[1:], override_reason="理由")
    assert maker.post(f"{place}/new", data=every).status_code == 403
    assert session.query(RoundEntry).filter_by(override_reason="理由").count() == 0


def test_a_submitted_round_takes_no_list(maker, place, firms, round_, session) -> None:
    round_.state = RoundState.SUBMITTED
    session.commit()
    assert maker.get(f"{place}/new?firm={firms[0].public_id}").status_code == 409
    assert maker.post(f"{place}/new", data=ticked(firms[:1], override_reason="理由")).status_code == 409
