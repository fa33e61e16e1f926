"""The administrator's lists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.accounts.queries import (
    UserFilter,
    organisation_lines,
    organisations_of,
    user_lines,
    users_of_roles,
    visible_user,
)
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import BadInput, NotFound
from tests.factories import NOW, Make

DORMANT = timedelta(days=90)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_pages_forward_and_back_show_everybody_once_in_order(session: Session, make: Make, size: int) -> None:
    bank = make.organisation()
    # Two of the same name stand on both sides of a page's edge.
    for name in ("丙", "甲", "甲", "乙", "丁", "甲", "戊"):
        make.user(organisation=bank, name=name)
    whole = [line.id for line in user_lines(session, SYSTEM, UserFilter(), now=NOW).items]
    page = user_lines(session, SYSTEM, UserFilter(), now=NOW, size=size)
    forward = [page]
    while (cursor := forward[-1].next_cursor) is not None:
        forward.append(user_lines(session, SYSTEM, UserFilter(), now=NOW, cursor=cursor, size=size))
    back = [forward[-1]]
    while (cursor := back[-1].previous_cursor) is not None:
        back.append(user_lines(session, SYSTEM, UserFilter(), now=NOW, cursor=cursor, size=size))
    assert len(set(whole)) == 7
    assert [line.id for page in forward for line in page.items] == whole
    assert [line.id for page in reversed(back) for line in page.items] == whole
    assert {page.total for page in forward + back} == {7}


def test_a_cursor_of_another_list_is_refused(session: Session, make: Make) -> None:
    make.user()
    with pytest.raises(BadInput):
        user_lines(session, SYSTEM, UserFilter(), now=NOW, cursor="bm9uZQ")


@pytest.mark.parametrize(
    ("idle", "dormant"), [(DORMANT - SECOND, False), (DORMANT, False), (DORMANT + SECOND, True)]
)
def test_dormant_is_who_did_not_sign_in_for_more_than_ninety_days(
    session: Session, make: Make, idle: timedelta, dormant: bool
) -> None:
    make.user(last_login_at=NOW - idle)
    (line,) = user_lines(session, SYSTEM, UserFilter(), now=NOW).items
    assert line.is_dormant == dormant
    found = user_lines(session, SYSTEM, UserFilter(is_dormant=True), now=NOW).items
    assert bool(found) == dormant
    assert bool(user_lines(session, SYSTEM, UserFilter(is_dormant=False), now=NOW).items) != dormant


def test_who_never_signed_in_is_dormant_from_when_the_account_was_made(session: Session, make: Make) -> None:
    make.user(created_at=NOW - DORMANT - SECOND)
    make.user(created_at=NOW)
    make.user(created_at=NOW - DORMANT - SECOND, is_active=False)
    assert [line.is_dormant for line in user_lines(session, SYSTEM, UserFilter(), now=NOW).items].count(
        True
    ) == 1


def test_people_are_found_by_name_address_role_organisation_and_state(session: Session, make: Make) -> None:
    bank = make.organisation()
    wanted = make.user(organisation=bank, name="赵一_二", email="zhao@example.test")
    make.user(Role.ADMIN, name="赵一二")
    make.user(is_active=False)

    def found(**given: object) -> set[int]:
        wanted = UserFilter(**given)  # type: ignore[arg-type]
        return {line.id for line in user_lines(session, SYSTEM, wanted, now=NOW).items}

    assert found(text="一_") == {wanted.id}  # a wildcard of SQL is a character like any other
    assert found(text=" ZHAO@ ") == {wanted.id}
    assert found(organisation_id=bank.id) == {wanted.id}
    assert len(found(role=Role.ADMIN)) == 1
    assert len(found(is_active=False)) == 1
    assert len(found(text="赵")) == 2
    assert found(text="%") == set()


def test_a_line_shows_no_secret(session: Session, make: Make) -> None:
    make.user()
    (line,) = user_lines(session, SYSTEM, UserFilter(), now=NOW).items
    assert not {"password_hash", "totp_sealed", "phone_sealed"} & set(line.__slots__)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_lists_or_opens_people(session: Session, make: Make, role: Role) -> None:
    other = make.user()
    actor = make.actor(role)
    lines = user_lines(session, actor, UserFilter(), now=NOW)
    assert [line.id for line in lines.items] == [actor.user_id]
    assert lines.total == 1
    with pytest.raises(NotFound):
        visible_user(session, actor, other.id)


def test_the_administrator_opens_anybody_and_nobody_else_s_id(session: Session, make: Make) -> None:
    user, actor = make.user(), make.actor(Role.ADMIN)
    assert visible_user(session, actor, user.id) is user
    with pytest.raises(NotFound):
        visible_user(session, actor, 9_999)


def test_organisations_are_listed_with_their_people_counted(session: Session, make: Make) -> None:
    bank = make.organisation(short_name="样例行")
    branch = make.organisation(parent_id=bank.id)
    for is_active in (True, True, False):
        make.user(organisation=bank, is_active=is_active)
    lines = {line.id: line for line in organisation_lines(session, SYSTEM)}
    assert (lines[bank.id].active_users, lines[bank.id].users) == (2, 3)
    assert (lines[branch.id].active_users, lines[branch.id].users) == (0, 0)
    assert lines[branch.id].parent_name == bank.name
    assert {line.id for line in organisation_lines(session, SYSTEM, text=bank.name)} == {bank.id}
    assert organisation_lines(session, SYSTEM, kind=OrganisationKind.INSURER) == []


def test_recipients_are_active_people_of_active_organisations(session: Session, make: Make) -> None:
    bank, closed = make.organisation(), make.organisation(is_active=False)
    there = make.user(organisation=bank)
    make.user(organisation=bank, is_active=False)
    make.user(organisation=closed)
    make.officer()
    assert users_of_roles(session, [Role.BANK]) == [there]
    assert users_of_roles(session, [Role.BANK], organisation_ids=[closed.id]) == []
    assert bank in organisations_of(session, [OrganisationKind.BANK])
    assert closed not in organisations_of(session, [OrganisationKind.BANK])
