"""The outbox: every mail is tried, none goes out twice, whoever works at the same time and dies."""

from __future__ import annotations

import smtplib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ipfin.db import UnitOfWork, begin_writing
from ipfin.kernel.errors import NotFound
from ipfin.notices.models import OutboxMail
from ipfin.notices.outbox import MOST_ATTEMPTS, Mail, MailRefused
from ipfin.notices.queries import stuck_mails
from ipfin.notices.service import deliver_pending, queue_mail, send_again
from tests.factories import NOW


@pytest.fixture
def work(engine: Engine) -> UnitOfWork:
    @contextmanager
    def unit_of_work() -> Iterator[Session]:
        with Session(engine) as session:
            begin_writing(session)
            yield session
            session.commit()

    return unit_of_work


def write(work: UnitOfWork, count: int) -> None:
    with work() as session:
        for number in range(count):
            queue_mail(session, f"k{number}", f"user{number}@example.test", "题", "文")


def only_mail(work: UnitOfWork) -> OutboxMail:
    with work() as session:
        mail = session.scalars(select(OutboxMail)).one()
        session.expunge(mail)
        return mail


class Killed(BaseException):
    """Stands for the death of the worker: nothing of ours catches it."""


def raising(error: BaseException):
    def send(_mail: Mail) -> None:
        raise error

    return send


def test_mails_go_out_in_order_and_are_marked_and_emptied(work: UnitOfWork) -> None:
    write(work, 3)
    sent: list[Mail] = []
    assert deliver_pending(work, sent.append, NOW) == 3
    assert [mail.recipient for mail in sent] == [f"user{n}@example.test" for n in range(3)]
    assert sent[0].body == "文"
    with work() as session:
        for mail in session.scalars(select(OutboxMail)):
            assert (mail.sent_at, mail.attempts, mail.body, mail.last_error) == (NOW, 1, "", "")
    assert deliver_pending(work, sent.append, NOW) == 0


def test_no_more_than_asked_for_go_out_in_one_call(work: UnitOfWork) -> None:
    write(work, 3)
    assert deliver_pending(work, [].append, NOW, most=2) == 2
    assert deliver_pending(work, [].append, NOW, most=2) == 1


def test_four_workers_send_each_of_forty_mails_once(work: UnitOfWork) -> None:
    write(work, 40)
    sent: list[str] = []
    start = threading.Barrier(4)

    def worker() -> None:
        start.wait()
        deliver_pending(work, lambda mail: sent.append(mail.key), NOW)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(sent) == Counter({f"k{number}": 1 for number in range(40)})
    with work() as session:
        assert {mail.attempts for mail in session.scalars(select(OutboxMail))} == {1}


@pytest.mark.parametrize(
    ("waited", "due"), [(timedelta(minutes=2, microseconds=-1), 0), (timedelta(minutes=2), 1)]
)
def test_a_failure_is_tried_again_after_its_wait(work: UnitOfWork, waited: timedelta, due: int) -> None:
    write(work, 1)
    assert deliver_pending(work, raising(smtplib.SMTPServerDisconnected("gone")), NOW) == 0
    mail = only_mail(work)
    assert (mail.attempts, mail.last_error, mail.sent_at) == (1, "gone", None)
    assert deliver_pending(work, [].append, NOW + waited) == due


def test_after_the_last_attempt_a_mail_is_given_up_and_listed(work: UnitOfWork) -> None:
    write(work, 1)
    now: datetime = NOW
    for _attempt in range(MOST_ATTEMPTS):
        deliver_pending(work, raising(OSError("no route")), now)
        now += timedelta(days=1)
    assert deliver_pending(work, [].append, now) == 0
    with work() as session:
        assert [mail.attempts for mail in stuck_mails(session, now=now)] == [MOST_ATTEMPTS]


def test_a_mail_refused_for_good_is_not_tried_again(work: UnitOfWork) -> None:
    write(work, 1)
    deliver_pending(work, raising(MailRefused("550 nobody")), NOW)
    assert deliver_pending(work, [].append, NOW + timedelta(days=9)) == 0
    with work() as session:
        assert [mail.last_error for mail in stuck_mails(session, now=NOW)] == ["550 nobody"]


def test_one_bad_mail_does_not_stop_the_others(work: UnitOfWork) -> None:
    write(work, 3)
    sent: list[str] = []

    def send(mail: Mail) -> None:
        if mail.key == "k1":
            raise MailRefused("550 nobody")
        sent.append(mail.key)

    assert deliver_pending(work, send, NOW) == 2
    assert sent == ["k0", "k2"]


def test_a_worker_that_dies_while_sending_leaves_a_mail_that_a_person_decides_about(
    work: UnitOfWork,
) -> None:
    write(work, 1)
    with pytest.raises(Killed):
        deliver_pending(work, raising(Killed()), NOW)
    much_later = NOW + timedelta(days=1)
    assert deliver_pending(work, [].append, much_later) == 0, "it may have gone out"
    with work() as session:
        assert len(stuck_mails(session, now=NOW)) == 0, "it may still be under way"
        (mail,) = stuck_mails(session, now=much_later)
        send_again(session, mail.id)
    sent: list[Mail] = []
    assert deliver_pending(work, sent.append, much_later) == 1
    assert sent[0].body == "文"


def test_a_mail_that_went_out_is_not_sent_again(work: UnitOfWork) -> None:
    write(work, 1)
    deliver_pending(work, [].append, NOW)
    with work() as session, pytest.raises(NotFound):
        send_again(session, 1)


def test_a_mail_of_a_transaction_that_was_rolled_back_never_goes_out(work: UnitOfWork) -> None:
    with pytest.raises(ZeroDivisionError), work() as session:  # noqa: PT012
        queue_mail(session, "k", "a@example.test", "题", "文")
        1 / 0  # noqa: B018
    assert deliver_pending(work, [].append, NOW) == 0
