"""The pages of the card workshop: a draft is written, lost to nobody, submitted, and approved by another."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.whitelist.models import CardActivation, CardDraft, ScorecardVersion
from ipfin.whitelist.scheme import DEFAULT_CARD
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import found_card
from ipfin.whitelist.service.simulating import simulate_draft
from tests.factories import TODAY

MODELS = "/office/whitelist/models"
SHIPPED = DEFAULT_CARD.read_text("utf-8")
NEXT = SHIPPED.replace('version = "1.0.0"', 'version = "1.1.0"').replace("B = 60", "B = 58")


@pytest.fixture
def maker(client, make):
    found_card(make.session, make.actor(Role.CITY_OFFICER), on=today_in_china())
    make.session.commit()
    return client.sign_in(make.officer(name="经办甲"))


@pytest.fixture
def checker(app, make):
    return app.test_client().sign_in(make.officer(name="复核乙"))


@pytest.fixture
def place(maker) -> str:
    begun = maker.post(f"{MODELS}/start", data={"base": f"shipped:{DEFAULT_CARD.stem}"})
    assert begun.status_code == 303
    return begun.location


def version_of(page: str) -> str:
    return re.search(r'name="version"[^>]*value="(\d+)"', page)[1]


def test_a_draft_becomes_the_card_in_force_by_two_persons(maker, checker, place, session, audited) -> None:
    page = maker.get(place).text
    assert "重新启用那一版" in page  # nothing changed yet
    wrong = NEXT.replace("weight = 10", "weight = ten", 1)
    saved = maker.post(f"{place}/save", data={"version": version_of(page), "text": wrong})
    assert saved.status_code == 303
    page = maker.get(place).text
    assert "第28行" in page
    assert "weight = ten" in page
    assert "submit" not in re.findall(r'action="[^"]*/(\w+)"', page)
    maker.post(f"{place}/save", data={"version": version_of(page), "text": NEXT})
    page = maker.get(place).text
    assert "由“60”改为“58”" in page
    refused = maker.post(f"{place}/submit", data={"version": version_of(page), "reason": ""})
    assert refused.status_code == 422
    said = {"version": version_of(page), "reason": "试行一年后下调"}
    assert maker.post(f"{place}/submit", data=said).status_code == 303
    page = maker.get(place).text
    assert "批准启用" not in page
    tomorrow = today_in_china() + timedelta(days=1)
    decision = {"version": version_of(page), "active_from": tomorrow.isoformat()}
    assert maker.post(f"{place}/approve", data=decision).status_code == 403
    yesterday = decision | {"active_from": (tomorrow - timedelta(days=2)).isoformat()}
    assert checker.post(f"{place}/approve", data=yesterday).status_code == 422
    assert checker.post(f"{place}/approve", data=decision | {"version": "1"}).status_code == 409
    assert checker.post(f"{place}/approve", data=decision).status_code == 303
    assert len(audited("whitelist.card.approved")) == 1
    act = session.query(CardActivation).order_by(CardActivation.id.desc()).first()
    page = checker.get(f"{MODELS}/").text
    assert "尚未到启用日期" in page
    compared = maker.get(f"{MODELS}/{act.card_version_id}/compare?with=1").text
    assert "由“58”改为“60”" in compared
    undone = checker.post(f"{MODELS}/activations/{act.id}/withdraw", data={"reason": "再议"})
    assert undone.status_code == 303
    assert "尚未到启用日期" not in checker.get(f"{MODELS}/").text


def test_who_saves_second_is_shown_both_texts(maker, checker, place, session) -> None:
    seen = version_of(checker.get(place).text)
    maker.post(f"{place}/save", data={"version": seen, "text": SHIPPED + "# 甲的改动\n"})
    refused = checker.post(f"{place}/save", data={"version": seen, "text": SHIPPED + "# 乙的改动\n"})
    assert refused.status_code == 409
    assert "# 甲的改动" in refused.text
    assert "# 乙的改动" in refused.text
    assert session.query(CardDraft).one().text.endswith("# 甲的改动\n")
    now = version_of(refused.text)
    assert checker.post(f"{place}/save", data={"version": now, "text": NEXT}).status_code == 303


def test_the_county_reads_cards_in_force_and_no_drafts(maker, place, app, make) -> None:
    county = app.test_client().sign_in(make.user(Role.COUNTY_OFFICER))
    page = county.get(f"{MODELS}/").text
    assert "随平台安装启用，未经两人办理" in page
    assert "号草稿" not in page
    assert county.get(place).status_code == 403
    assert county.get(f"{MODELS}/1").status_code == 200


def test_a_simulation_names_who_enters_and_leaves_and_wants_a_word(maker, make, session) -> None:
    run = make.score_run(card_version=session.query(ScorecardVersion).one())
    for _firm in range(6):
        make.score_sheet(make.enterprise(industry_code="C3489"), run=run)
    draft = make.card_draft(text=NEXT.replace("B = 58", "B = 20").replace("C = 45", "C = 10"))
    place = f"{MODELS}/drafts/{draft.id}"
    assert "须在最近一次评分的数据上模拟" in maker.get(place).text
    asked = maker.post(f"{place}/simulate", data={"minimum_grade": "B"})
    assert (asked.status_code, "/jobs/" in asked.location) == (303, True)
    assert maker.post(f"{place}/simulate", data={"minimum_grade": "E"}).status_code == 422
    tried = simulate_draft(make.session, make.actor(Role.CITY_OFFICER), draft, line=Grade.B, on=TODAY)
    make.session.commit()
    page = maker.get(f"{place}/simulations/{tried.id}").text
    assert "0 → 6" in page
    assert "制造业" in page
    assert "得分分布变动 PSI" in page
    assert f"{place}/simulations/{tried.id}" in maker.get(place).text
    assert maker.get(f"{MODELS}/drafts/{draft.id + 1}/simulations/{tried.id}").status_code == 404
