"""Taking a firm off the whitelist, the list of any day, and reminders before terms end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, true

from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.notices.models import Notice
from ipfin.whitelist.queries import admissions_on, admissions_page
from ipfin.whitelist.service import end_admission, expires_soon, remind_of_expiry

DAY, UNTIL = date(2026, 3, 5), date(2027, 1, 1)
OFFICER = Actor(user_id=2, name="乙", role=Role.CITY_OFFICER)


@pytest.fixture
def admission(make):
    return make.admission(valid_from=date(2026, 1, 1), valid_until=UNTIL)


@pytest.mark.parametrize(
    ("on", "is_listed"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (DAY - timedelta(days=1), True),
        (DAY, False),
        (UNTIL, False),
    ],
)
def test_the_list_of_a_day_holds_a_firm_until_the_day_before_its_removal(
    session, admission, on, is_listed
) -> None:
    end_admission(session, OFFICER, admission, on=DAY, reason="企业注销")

    assert (len(admissions_on(session, true(), on, most=10)) == 1) is is_listed
    assert (admissions_page(session, true(), on, cursor=None).total == 1) is is_listed


@pytest.mark.parametrize("on", [date(2025, 12, 31), UNTIL])
def test_who_is_not_on_the_list_is_not_taken_off(session, admission, on) -> None:
    with pytest.raises(Conflict, match="不在白名单"):
        end_admission(session, OFFICER, admission, on=on, reason="理由")


def test_a_removal_says_why(session, admission) -> None:
    with pytest.raises(BadInput, match="理由"):
        end_admission(session, OFFICER, admission, on=DAY, reason=" ")
    assert admission.ended_on is None


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (UNTIL - timedelta(days=31), False),
        (UNTIL - timedelta(days=30), True),
        (UNTIL - timedelta(days=1), True),
        (UNTIL, False),
    ],
)
def test_the_office_is_reminded_once_within_thirty_days_of_the_end(session, make, on, said) -> None:
    officer = make.officer()
    make.admission(valid_from=DAY, valid_until=UNTIL)

    remind_of_expiry(session, on=on)
    remind_of_expiry(session, on=on)

    count = session.scalar(select(func.count()).select_from(Notice).where(Notice.user_id == officer.id))
    assert count == (1 if said else 0)
    assert expires_soon(UNTIL, on) is said
