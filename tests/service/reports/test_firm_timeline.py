"""The timeline of a firm tells what every part of the product knows, to whom it may, and nobody's phone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.consent.service import withdraw_consents
from ipfin.documents.models import DocumentKind
from ipfin.documents.service import issue_document
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.text import Text
from ipfin.liaison.contacts import ContactDetails
from ipfin.liaison.queries import FOLLOWS
from ipfin.liaison.service import add_contact
from ipfin.registry.models import Enterprise, RowOutcome
from ipfin.registry.service import add_tag, decide_same
from ipfin.registry.statuses import LegalStatus, Validity
from ipfin.reports.directory import IssueState, LineChange
from ipfin.reports.service.happenings import firm_timeline
from ipfin.reports.timeline import Kind
from ipfin.whitelist.scoring import Grade
from tests.factories import NOW, TODAY, Make

HOUSE = Settings(env="test", secret_key="secret of the timeline tests")
LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)


def said(
    session: Session, firm: Enterprise, kind: Kind | None = None, actor: Actor = SYSTEM, **how: Any
) -> list[str]:
    now = how.pop("now", LATER)
    return [str(row.sentence) for row in firm_timeline(session, actor, firm, kind, now=now, **how).items]


def test_a_list_tells_what_it_brought_and_changed(session: Session, make: Make) -> None:
    firm, noise = make.enterprise(), make.enterprise()
    batch = make.batch(filename="一月.xlsx", committed_at=NOW, as_of=TODAY - DAY)
    first = make.patent(holders=[firm], batch=batch, title="甲装置", granted_on=date(2021, 6, 1))
    second = make.patent(holders=[firm, noise], title="乙装置", granted_on=date(2021, 6, 1))
    fee = {"legal_status": LegalStatus.LAPSED_FEE.value, "validity": Validity.LAPSED.value}
    changed = {"outcome": RowOutcome.CHANGED, "batch": batch}
    make.import_row(patent_id=second.id, before={"legal_status": "granted"}, after=fee, **changed)
    make.import_row(patent_id=first.id, before={"title": "甲"}, after={"title": "甲装置"}, **changed)
    make.import_row(patent_id=make.patent().id, before={"flags": ""}, after={"flags": "pledged"}, **changed)
    assert said(session, firm, Kind.IMPORT)[1:] == ["名单一月.xlsx：本企业新增1件，变更2件专利"]
    assert said(session, firm, Kind.PATENT) == [
        "名单显示专利“乙装置”由“授权”变为“未缴年费终止”",
        "2件专利获得授权",
    ]
    assert len(said(session, noise, Kind.PATENT)) == 2, "held together, told on both"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("", "pledged", "名单显示专利“甲”出现“质押”"),
        ("pledged", "", "名单不再显示专利“甲”的“质押”"),
        ("licensed", "licensed pledged", "名单显示专利“甲”出现“质押”"),
    ],
)
def test_a_pledge_comes_and_goes(session: Session, make: Make, before, after, sentence) -> None:
    firm = make.enterprise()
    patent = make.patent(holders=[firm], title="甲", granted_on=None)
    make.import_row(
        outcome=RowOutcome.CHANGED, patent_id=patent.id, before={"flags": before}, after={"flags": after}
    )
    assert said(session, firm, Kind.PATENT) == [sentence]


@pytest.mark.parametrize(
    ("ends", "status", "told"),
    [
        (TODAY, {}, True),
        (TODAY + DAY, {}, False),
        (TODAY, {"validity": Validity.LAPSED, "legal_status": LegalStatus.EXPIRED}, True),
        (TODAY, {"validity": Validity.LAPSED, "legal_status": LegalStatus.LAPSED_FEE}, False),
    ],
)
def test_the_end_of_the_term_is_told_from_its_day_on(
    session: Session, make: Make, ends, status, told
) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm], title="甲", granted_on=None, expires_on=ends, **status)
    assert said(session, firm, Kind.PATENT) == (["专利“甲”保护期已满，自本日起失效"] if told else [])


def test_whitelist_and_directory_stand_beside_the_lists(session: Session, make: Make) -> None:
    firm = make.enterprise()
    sheet = make.score_sheet(firm, grade=Grade.A)
    ended = {"ended_on": TODAY, "ended_reason": "申请退出"}
    admission = make.admission(sheet=sheet, valid_from=TODAY - DAY, valid_until=TODAY + DAY, **ended)
    published = make.issue(state=IssueState.PUBLISHED, published_at=NOW)
    make.issue_line(published, enterprise=firm, change=LineChange.ADDED)
    make.issue_line(make.issue(state=IssueState.DRAFT), enterprise=firm)
    assert said(session, firm, Kind.SCORE)[0].startswith(f"第{sheet.run_id}次评分：A级，评级用分")
    left, entered = said(session, firm, Kind.WHITELIST)
    assert left == "白名单资格终止：申请退出"
    assert entered.endswith(f"A级，有效期至{(admission.valid_until - DAY).isoformat()}")
    assert said(session, firm, Kind.DIRECTORY) == [f"名录第{published.number}期：新增"]


def test_events_visits_and_papers_are_told(session: Session, make: Make, tmp_path) -> None:
    firm = make.enterprise()
    event = make.event(title="样例对接会")
    make.registration(event, enterprise=firm)
    make.visit(
        firm, topics="质押意向", follow_up="送材料", follow_up_due=TODAY, done_on=TODAY, done_note="好"
    )
    make.visit(firm, topics="误记", voided_at=NOW, void_reason="误记")
    issue_document(
        session, SYSTEM, kind=DocumentKind.ENTERPRISE_PROFILE, title="样例概况", filename="x.pdf",
        content=b"x", media_type="application/pdf", subject=f"enterprise:{firm.id}", directory=tmp_path,
        organisation_id=make.organisation(OrganisationKind.BANK).id, issued_to="样例银行",
    )  # fmt: skip
    assert said(session, firm, Kind.EVENT)[0].startswith("报名活动“样例对接会”")
    assert said(session, firm, Kind.VISIT) == ["完成跟进：送材料", "走访：质押意向"]
    far = LATER + 10_000 * DAY
    assert said(session, firm, Kind.DOCUMENT, now=far) == ["出具《样例概况》，供样例银行使用"]
    county = make.actor(Role.COUNTY_OFFICER)
    assert said(session, firm, Kind.DOCUMENT, county, now=far) == [], "papers of others are the city's"


def test_what_is_written_down_is_told_without_the_person(session: Session, make: Make) -> None:
    firm = make.enterprise(name="样例甲有限公司")
    add_contact(session, SYSTEM, firm, ContactDetails("张三丰", "", "13800001234"), settings=HOUSE)
    add_tag(session, SYSTEM, firm, "重点")
    told = said(session, firm, Kind.RECORD, now=LATER + 10_000 * DAY)
    assert told == ["给样例甲有限公司加上标签“重点”", "登记样例甲有限公司的一名联系人"]


def test_what_the_firm_opened_and_contested_is_told(session: Session, make: Make) -> None:
    person = make.user(Role.ENTERPRISE)
    firm = session.get_one(Enterprise, person.organisation.enterprise_id)
    bank = make.organisation(OrganisationKind.BANK, name="样例银行")
    consent = make.consent(firm, bank)
    withdraw_consents(session, make.actor(person), [consent])
    record(session, SYSTEM, "corrections.request.filed", f"enterprise:{firm.id}", name=firm.name, item="地址")
    far = LATER + 10_000 * DAY
    assert said(session, firm, Kind.CONSENT, now=far) == [
        f"{firm.name}撤回对样例银行的授权（融资对接，申报的经营指标）"
    ]
    assert said(session, firm, Kind.CORRECTION, now=far) == [f"{firm.name}申请更正“地址”"]
    assert said(session, firm, Kind.RECORD, now=far) == []


def test_a_merged_firm_brings_its_past(session: Session, make: Make) -> None:
    keep = make.enterprise(name="样例磨床有限公司", credit_code=None)
    gone = make.enterprise(name="样例磨床有限责任公司", credit_code=None)
    make.patent(holders=[keep])
    make.score_sheet(gone)
    make.visit(gone, topics="旧记录")
    pair = make.match_candidate(keep, gone)
    decide_same(session, SYSTEM, pair, survivor_id=keep.id, reason="更名", holds=(), follows=FOLLOWS)
    assert len(said(session, keep, Kind.SCORE)) == 1
    assert said(session, keep, Kind.VISIT) == ["走访：旧记录"]
    assert said(session, keep, Kind.MERGE, now=LATER + 10_000 * DAY) == [
        "将样例磨床有限责任公司并入样例磨床有限公司：更名"
    ]


def test_pages_tell_everything_once(session: Session, make: Make) -> None:
    firm = make.enterprise()
    batch = make.batch(as_of=TODAY)
    for number in range(5):
        patent = make.patent(holders=[firm], batch=batch, granted_on=TODAY - (number % 3) * DAY)
        told = {"before": {"legal_status": "examination"}, "after": {"legal_status": "granted"}}
        make.import_row(batch=batch, outcome=RowOutcome.CHANGED, patent_id=patent.id, **told)
        make.visit(firm, visited_on=TODAY - number * DAY)
        make.score_sheet(firm)
    whole = firm_timeline(session, SYSTEM, firm, now=LATER, size=100).items
    seen: list[Any] = []
    cursor = None
    while True:
        page = firm_timeline(session, SYSTEM, firm, now=LATER, cursor=cursor, size=4)
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == list(whole)
    back = list(page.items)
    while page.previous_cursor is not None:
        page = firm_timeline(session, SYSTEM, firm, now=LATER, cursor=page.previous_cursor, size=4)
        back = [*page.items, *back]
    assert back == seen
    assert len({row.place for row in seen}) == len(seen) == 1 + 5 + 3 + 5 + 5
    assert all(isinstance(row.sentence, Text) for row in seen)
