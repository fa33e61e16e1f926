"""Contacts and visits as they are kept: sealed, logged without a word of the person, merged with firms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import BadInput, Conflict, NotFound
from ipfin.liaison import service
from ipfin.liaison.contacts import MOST_CONTACTS, ContactDetails, ContactSource
from ipfin.liaison.models import EnterpriseContact, EnterpriseVisit
from ipfin.liaison.queries import (
    FOLLOWS,
    VisitFilter,
    all_visits,
    contact_by_id,
    contacts_of,
    contacts_visible_to,
    due_visits,
    visit_by_id,
    visit_counts,
    visits_page,
    visits_visible_to,
)
from ipfin.liaison.visits import FollowUp, VisitDetails
from ipfin.registry.models import Enterprise, EnterpriseTag
from ipfin.registry.queries import EnterpriseFilter, enterprises_page
from ipfin.registry.queries.tags import tag_facet, tags_of
from ipfin.registry.service import add_tag, decide_same, remove_tag, undo_merge
from ipfin.registry.service.tags import MOST_TAGS
from tests.factories import TODAY, Make

HOUSE = Settings(env="test", secret_key="secret of the contact tests")
SAID = ContactDetails("张三丰", "财务总监", "13800001234", "zhang@firm.example")
VISIT = VisitDetails(TODAY, "经办甲", "质押意向", "王会计13700004321", "流动资金", "送政策汇编", TODAY)
DAY = timedelta(days=1)
EVERYTHING = EnterpriseContact.id > 0
ALL_VISITS = EnterpriseVisit.id > 0


def add(session: Session, firm: Enterprise, said: ContactDetails = SAID, **how: Any) -> EnterpriseContact:
    return service.add_contact(session, SYSTEM, firm, said, settings=HOUSE, **how)


def logged(session: Session) -> list[str]:
    return [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_phone_and_mail_are_sealed_each_for_itself_and_opened_again(session: Session, make: Make) -> None:
    contact = add(session, make.enterprise())
    row = session.execute(text("SELECT * FROM enterprise_contact")).one()
    assert not any(secret in str(row) for secret in (SAID.phone, SAID.mail, "firm.example"))
    assert service.details_of(contact, settings=HOUSE) == SAID
    contact.phone_sealed, contact.mail_sealed = contact.mail_sealed, contact.phone_sealed
    with pytest.raises(Exception, match="无法解密"):
        service.details_of(contact, settings=HOUSE)


def test_nothing_of_the_person_stands_in_the_log(session: Session, make: Make) -> None:
    firm, visits = make.enterprise(), make.enterprise()
    contact = add(session, firm)
    service.amend_contact(session, SYSTEM, firm, contact, replace(SAID, phone="13900001234"), settings=HOUSE)
    service.name_main_contact(session, SYSTEM, firm, contact)
    service.reveal_contact(session, SYSTEM, firm, contact, settings=HOUSE)
    service.remove_contact(session, SYSTEM, firm, contact)
    visit = service.record_visit(session, SYSTEM, visits, VISIT, on=TODAY)
    service.amend_visit(session, SYSTEM, visits, visit, replace(VISIT, needs="设备"), on=TODAY)
    service.finish_follow_up(session, SYSTEM, visits, visit, note="已送王会计", on=TODAY)
    service.reopen_follow_up(session, SYSTEM, visits, visit)
    service.void_visit(session, SYSTEM, visits, visit, reason="误记到王会计")
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action.split(".")[2] for entry in entries] == [
        "added", "changed", "main", "revealed", "removed",
        "recorded", "changed", "done", "reopened", "voided",
    ]  # fmt: skip
    assert {entry.subject for entry in entries} == {f"enterprise:{firm.id}", f"enterprise:{visits.id}"}
    told = " ".join(entry.detail for entry in entries)
    for secret in ("张三丰", "财务总监", "1380000", "1390000", "zhang@", "王会计", "1370000"):
        assert secret not in told, secret


def test_a_change_that_changes_nothing_leaves_no_line(session: Session, make: Make) -> None:
    firm = make.enterprise()
    contact = add(session, firm)
    service.amend_contact(session, SYSTEM, firm, contact, SAID, settings=HOUSE)
    assert logged(session) == ["liaison.contact.added"]


def test_a_removed_contact_is_gone(session: Session, make: Make) -> None:
    firm = make.enterprise()
    service.remove_contact(session, SYSTEM, firm, add(session, firm))
    assert session.scalars(select(EnterpriseContact)).all() == []


def test_the_first_contact_is_the_main_one_until_another_is_named(session: Session, make: Make) -> None:
    firm = make.enterprise()
    first, second = add(session, firm), add(session, firm, replace(SAID, name="李四"))
    third = add(session, firm, replace(SAID, name="王五"))
    assert [row.id for row in contacts_of(session, EVERYTHING, firm.id)] == [first.id, second.id, third.id]
    service.name_main_contact(session, SYSTEM, firm, third)
    assert contacts_of(session, EVERYTHING, firm.id)[0] is third


def test_a_firm_has_no_list_of_its_staff_here(session: Session, make: Make) -> None:
    firm = make.enterprise()
    for number in range(MOST_CONTACTS):
        add(session, firm, replace(SAID, name=f"联系人{number}"))
    with pytest.raises(Conflict):
        add(session, firm)
    add(session, make.enterprise())


def test_who_wrote_a_contact_last_is_told(session: Session, make: Make) -> None:
    user = make.user(Role.ENTERPRISE)
    firm = session.get_one(Enterprise, user.organisation.enterprise_id)
    contact = service.add_contact(session, make.actor(user), firm, SAID, settings=HOUSE)
    assert contact.source is ContactSource.FIRM
    officer = make.actor(Role.CITY_OFFICER)
    service.amend_contact(session, officer, firm, contact, replace(SAID, post=""), settings=HOUSE)
    assert contact.source is ContactSource.OFFICE


def test_a_new_key_takes_the_contacts_over(session: Session, make: Make) -> None:
    contact = add(session, make.enterprise())
    new = Settings(env="test", secret_key="the next secret of these tests",
                   retired_secret_keys=["secret of the contact tests"])  # fmt: skip
    assert service.reseal_enterprise_contacts(session, settings=new) == 1
    assert service.reseal_enterprise_contacts(session, settings=new) == 0
    alone = Settings(env="test", secret_key="the next secret of these tests")
    assert service.details_of(contact, settings=alone) == SAID


@pytest.mark.parametrize("role", list(Role))
def test_who_knows_of_a_contact_and_of_a_visit(session: Session, make: Make, role: Role) -> None:
    county = make.region()
    firm = make.enterprise(region_code=county.code, valid_count=1, granted_count=1)
    contact, visit = make.contact(firm), make.visit(firm)
    kinds = {
        Role.COUNTY_OFFICER: {"kind": OrganisationKind.COUNTY_OFFICE, "region_code": county.code},
        Role.ENTERPRISE: {"kind": OrganisationKind.ENTERPRISE, "enterprise": firm},
    }
    own = kinds.get(role)
    organisation = {"organisation": make.organisation(own.pop("kind"), **own)} if own else {}
    actor = make.actor(make.user(role, **organisation))
    stranger = make.actor(role)
    office = {Role.CITY_OFFICER, Role.AUDITOR, Role.COUNTY_OFFICER}
    knows = contacts_of(session, contacts_visible_to(actor), firm.id)
    assert knows == ([contact] if role in office | {Role.ENTERPRISE} else [])
    reads = all_visits(session, visits_visible_to(actor), VisitFilter(), on=TODAY, most=9)
    assert reads == ([visit] if role in office else [])
    if role not in (Role.CITY_OFFICER, Role.AUDITOR):
        with pytest.raises(NotFound):
            contact_by_id(session, contacts_visible_to(stranger), firm.id, contact.id)
        with pytest.raises(NotFound):
            visit_by_id(session, visits_visible_to(stranger), firm.id, visit.id)


# --- Visits -----------------------------------------------------------------------------------------


def test_a_follow_up_that_was_done_is_not_rewritten(session: Session, make: Make) -> None:
    firm = make.enterprise()
    visit = service.record_visit(session, SYSTEM, firm, VISIT, on=TODAY)
    with pytest.raises(BadInput):
        service.finish_follow_up(session, SYSTEM, firm, visit, note=" ", on=TODAY)
    service.finish_follow_up(session, SYSTEM, firm, visit, note="已送达", on=TODAY)
    with pytest.raises(Conflict):
        service.finish_follow_up(session, SYSTEM, firm, visit, note="再送", on=TODAY)
    with pytest.raises(Conflict):
        service.amend_visit(session, SYSTEM, firm, visit, replace(VISIT, follow_up="别的"), on=TODAY)
    service.amend_visit(session, SYSTEM, firm, visit, replace(VISIT, topics="补记"), on=TODAY)
    service.reopen_follow_up(session, SYSTEM, firm, visit)
    assert (visit.done_on, visit.done_note) == (None, "")
    with pytest.raises(Conflict):
        service.reopen_follow_up(session, SYSTEM, firm, visit)


def test_visits_are_found_by_firm_state_and_day(session: Session, make: Make) -> None:
    near, far = make.region().code, make.region().code
    one = make.enterprise(name="样例甲机械有限公司", region_code=near)
    other = make.enterprise(name="样例乙材料有限公司", region_code=far)
    late = make.visit(one, visited_on=TODAY - 20 * DAY, follow_up="甲", follow_up_due=TODAY - DAY)
    due = make.visit(one, visited_on=TODAY - 10 * DAY, follow_up="乙", follow_up_due=TODAY)
    done = make.visit(other, follow_up="丙", follow_up_due=TODAY, done_on=TODAY, done_note="好")
    plain = make.visit(other, visited_on=TODAY - DAY)
    make.visit(one, voided_at=late.recorded_at, void_reason="误记")

    def found(**wanted: Any) -> list[EnterpriseVisit]:
        return list(visits_page(session, ALL_VISITS, VisitFilter(**wanted), on=TODAY).items)

    assert found() == [done, plain, due, late]
    assert found(query="材料") == [done, plain]
    assert found(query="，。") == []
    assert found(region=near) == [due, late]
    assert found(enterprise_id=other.id) == [done, plain]
    assert found(since=TODAY - 10 * DAY, until=TODAY - DAY) == [plain, due]
    states = {FollowUp.LATE: late, FollowUp.OPEN: due, FollowUp.DONE: done, FollowUp.NONE: plain}
    for state, visit in states.items():
        assert found(state=state) == [visit], state
    assert visit_counts(session, ALL_VISITS, VisitFilter(state=FollowUp.DONE), on=TODAY) == dict.fromkeys(
        FollowUp, 1
    )
    assert due_visits(session, ALL_VISITS, on=TODAY) == ([late, due], 2)


def test_the_workbench_looks_two_weeks_ahead(session: Session, make: Make) -> None:
    soon = make.visit(follow_up="甲", follow_up_due=TODAY + 14 * DAY)
    make.visit(follow_up="乙", follow_up_due=TODAY + 15 * DAY)
    make.visit(follow_up="丙", follow_up_due=TODAY, voided_at=soon.recorded_at, void_reason="误记")
    assert due_visits(session, ALL_VISITS, on=TODAY) == ([soon], 1)


def test_pages_of_visits_lose_none(session: Session, make: Make) -> None:
    visits = [make.visit(visited_on=TODAY - (n // 2) * DAY).id for n in range(7)]
    seen: list[int] = []
    cursor = None
    while True:
        page = visits_page(session, ALL_VISITS, VisitFilter(), on=TODAY, cursor=cursor, size=3)
        seen += [visit.id for visit in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == visits
    assert page.total == 7


# --- Tags -------------------------------------------------------------------------------------------


def test_a_label_is_given_once_and_taken_back(session: Session, make: Make) -> None:
    firm = make.enterprise()
    assert add_tag(session, SYSTEM, firm, " 重点 培育 ") is add_tag(session, SYSTEM, firm, "重点 培育")
    remove_tag(session, SYSTEM, firm, "没有的")
    assert logged(session) == ["registry.tag.added"]
    remove_tag(session, SYSTEM, firm, "重点 培育")
    assert list(tags_of(session, firm.id)) == []
    assert logged(session)[1:] == ["registry.tag.removed"]


@pytest.mark.parametrize("name", ["", "  ", "长" * 21])
def test_a_label_is_a_word(session: Session, make: Make, name: str) -> None:
    with pytest.raises(BadInput):
        add_tag(session, SYSTEM, make.enterprise(), name)


def test_a_firm_bears_twelve_labels_at_most(session: Session, make: Make) -> None:
    firm = make.enterprise()
    for number in range(MOST_TAGS):
        add_tag(session, SYSTEM, firm, f"{'长' * 18}{number}")
    with pytest.raises(Conflict):
        add_tag(session, SYSTEM, firm, "又一个")


def test_firms_are_listed_by_label_and_counted(session: Session, make: Make) -> None:
    one, other, _third = make.enterprise(), make.enterprise(), make.enterprise()
    make.tag(one, name="重点")
    make.tag(other, name="重点")
    make.tag(other, name="待访")
    everyone = Enterprise.id > 0
    wanted = EnterpriseFilter(tag="重点")
    page = enterprises_page(session, everyone, wanted, order="name", cursor=None)
    assert {firm.id for firm in page.items} == {one.id, other.id}
    assert tag_facet(session, everyone, wanted) == [("重点", 2), ("待访", 1)]
    assert tag_facet(session, Enterprise.id == one.id, wanted) == [("重点", 1)]


# --- Merging ----------------------------------------------------------------------------------------


def test_what_is_known_of_a_firm_follows_it_into_a_merge_and_comes_back(session: Session, make: Make) -> None:
    keep = make.enterprise(name="样例磨床有限公司", credit_code=None)
    gone = make.enterprise(name="样例磨床有限责任公司", credit_code=None)
    for firm in (keep, gone):
        make.patent(holders=[firm])
    kept_main, moved_main = add(session, keep), add(session, gone, replace(SAID, name="李四"))
    visit = make.visit(gone)
    tags = [make.tag(keep, name="重点"), make.tag(gone, name="重点"), make.tag(gone, name="待访")]
    pair = make.match_candidate(keep, gone)
    merge = decide_same(session, SYSTEM, pair, survivor_id=keep.id, reason="更名", holds=(), follows=FOLLOWS)
    session.expire_all()
    assert {row.id for row in contacts_of(session, EVERYTHING, keep.id)} == {kept_main.id, moved_main.id}
    assert visit.enterprise_id == keep.id
    assert [tag.enterprise_id for tag in tags] == [keep.id, gone.id, keep.id], "one label is not two"
    late = make.visit(keep)
    undo_merge(session, SYSTEM, merge, reason="看错了", follows=FOLLOWS)
    session.expire_all()
    assert contacts_of(session, EVERYTHING, keep.id) == [kept_main]
    assert contacts_of(session, EVERYTHING, gone.id) == [moved_main]
    assert (visit.enterprise_id, late.enterprise_id) == (gone.id, keep.id)
    owners = {row.id: row.enterprise_id for row in session.scalars(select(EnterpriseTag))}
    assert owners == {tags[0].id: keep.id, tags[1].id: gone.id, tags[2].id: gone.id}
