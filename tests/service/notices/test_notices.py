"""Telling people: once each, only those who are active, with links that stay in the house."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.notices.models import Notice, OutboxMail
from ipfin.notices.queries import inbox
from ipfin.notices.service import mark_read, queue_mail, tell, tell_role, unread_count
from tests.factories import NOW, Make

SUBJECT, BODY = _("名录第%(number)s期已发布", number=3), _("请登录平台签收。")


def test_everyone_named_is_told(session: Session, make: Make) -> None:
    first, second, other = make.banker(), make.banker(), make.banker()
    assert tell(session, [first, second], "issue:3:published", SUBJECT, BODY, "/institution/issues/3") == 2
    assert [unread_count(session, user.id) for user in (first, second, other)] == [1, 1, 0]
    (line,) = inbox(session, first.id).items
    assert (line.subject, line.body, line.link) == (
        "名录第3期已发布",
        "请登录平台签收。",
        "/institution/issues/3",
    )
    assert isinstance(line.subject, Text)
    assert line.subject.params == {"number": 3}
    assert line.is_read is False


def test_the_same_thing_is_told_once(session: Session, make: Make) -> None:
    first, second = make.banker(), make.banker()
    tell(session, [first], "issue:3:published", SUBJECT, BODY)
    assert tell(session, [first, second], "issue:3:published", SUBJECT, BODY) == 1
    assert unread_count(session, first.id) == 1
    assert tell(session, [first], "issue:4:published", SUBJECT, BODY) == 1


def test_nobody_is_told_in_vain(session: Session, make: Make) -> None:
    left = make.banker(is_active=False)
    assert tell(session, [left], "issue:3:published", SUBJECT, BODY) == 0
    assert tell(session, [], "issue:3:published", SUBJECT, BODY) == 0


def test_a_role_is_told_whole_or_by_organisation(session: Session, make: Make) -> None:
    make.noise()
    first, second = make.banker(), make.banker()
    officer = make.officer()
    assert tell_role(session, [Role.BANK], "a", SUBJECT, BODY) == 2
    assert tell_role(session, [Role.BANK], "b", SUBJECT, BODY, organisation_ids=[first.organisation_id]) == 1
    assert [unread_count(session, user.id) for user in (first, second, officer)] == [2, 1, 0]


@pytest.mark.parametrize(
    "link", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:1", "issues/3"]
)
def test_a_link_out_of_the_house_is_refused(session: Session, make: Make, link: str) -> None:
    with pytest.raises(ValueError, match="path of ours"):
        tell(session, [make.banker()], "k", SUBJECT, BODY, link)


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (120, True), (121, False)])
def test_a_key_has_1_to_120_characters(session: Session, make: Make, length: int, fits: bool) -> None:
    users = [make.banker()]
    if fits:
        assert tell(session, users, "k" * length, SUBJECT, BODY) == 1
        return
    with pytest.raises(ValueError, match="120 characters"):
        tell(session, users, "k" * length, SUBJECT, BODY)


def test_a_notice_by_mail_writes_one_mail_in_the_same_transaction(session: Session, make: Make) -> None:
    user = make.banker()
    for _time in range(2):
        tell(session, [user], "issue:3", SUBJECT, BODY, "/i/3", by_mail_from="https://ip.example.test/")
    (mail,) = session.scalars(select(OutboxMail))
    assert (mail.key, mail.recipient, mail.subject) == (f"issue:3:{user.id}", user.email, "名录第3期已发布")
    assert mail.body == "请登录平台签收。\n\nhttps://ip.example.test/i/3\n"
    session.rollback()
    assert session.scalar(select(func.count()).select_from(OutboxMail)) == 0
    assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_a_mail_is_queued_once_for_a_key(session: Session) -> None:
    assert queue_mail(session, "k", "a@example.test", "题", "文")
    assert not queue_mail(session, "k", "a@example.test", "题", "另文")
    assert session.scalars(select(OutboxMail.body)).all() == ["文"]


def test_a_mail_to_two_people_at_once_is_refused(session: Session) -> None:
    with pytest.raises(BadInput):
        queue_mail(session, "k", "a@example.test, b@example.test", "题", "文")


def test_reading_is_for_oneself(session: Session, make: Make) -> None:
    mine, theirs = make.notice(), make.notice()
    later = NOW + timedelta(hours=1)
    assert mark_read(session, mine.user_id, [mine.id, theirs.id], now=later) == 1
    assert mark_read(session, mine.user_id, [mine.id], now=later) == 0, "the first reading counts"
    session.expire_all()
    assert (mine.read_at, theirs.read_at) == (later, None)
    assert mark_read(session, theirs.user_id, now=later) == 1


def test_the_inbox_is_walked_page_by_page_and_is_ones_own(session: Session, make: Make) -> None:
    user = make.banker()
    ids = [make.notice(user).id for _ in range(5)]
    make.notice()
    first = inbox(session, user.id, size=2)
    second = inbox(session, user.id, cursor=first.next_cursor, size=2)
    third = inbox(session, user.id, cursor=second.next_cursor, size=2)
    assert [line.id for page in (first, second, third) for line in page.items] == ids[::-1]
    back = inbox(session, user.id, cursor=third.previous_cursor, size=2)
    assert [line.id for line in back.items] == [line.id for line in second.items]


def test_the_unread_can_be_asked_for_alone(session: Session, make: Make) -> None:
    user = make.banker()
    read, unread = make.notice(user, read_at=NOW), make.notice(user)
    assert [line.id for line in inbox(session, user.id).items] == [unread.id, read.id]
    assert [line.id for line in inbox(session, user.id, only_unread=True).items] == [unread.id]
