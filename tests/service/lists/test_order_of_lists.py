"""In whichever order dated lists come in, the same burdens and owners stand in the end."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import Applicant, PatentApplicant
from tests.lists import HEADER, number, row
from tests.service.lists.taking import take_in
from tests.service.registry.owning import NO_EVENTS, A, B, C, taken, the_patent

PLEDGES = ("质押登记号", "专利号", "出质人", "质权人", "登记日", "注销日")
START = date(2026, 1, 1)

# A list of patents: with the pledge or not, or one that tells no burdens. A list of pledges: registration,
# pledgee, the day after its start on which it was released (as far as the list is not older).
PATENTS = st.tuples(st.sampled_from(("授权", "授权 | 质押", "")), st.sampled_from((A, B, C)))
REGISTER = st.tuples(
    st.sampled_from((1, 2)), st.sampled_from(("样例一银行", "样例二银行")), st.sampled_from((0, 20, 40))
)
LISTS = st.lists(st.one_of(PATENTS, REGISTER), min_size=2, max_size=3)


def take(session: Session, day: int, told: tuple[object, ...]) -> None:
    as_of = START + timedelta(days=day)
    if len(told) == 2:
        events, firm = told
        header = HEADER if events else NO_EVENTS
        taken(session, row(1, firm=str(firm), events=str(events)), as_of=as_of, header=header)
        return
    serial, bank, released = told
    end = START + timedelta(days=int(str(released)))
    over = end.isoformat() if released and end <= as_of else ""
    cells = (f"Y202698000000{serial}", number(1), A, str(bank), "2026-01-02", over)
    take_in(session, ListKind.PLEDGES, PLEDGES, cells, as_of=as_of)


def state(session: Session) -> tuple[object, ...]:
    session.expire_all()
    patent = the_patent(session)
    holders = session.scalars(
        select(Applicant.name).join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
    ).all()
    return patent.flags, patent.is_pledged, patent.flags_as_of, sorted(holders), patent.holders_as_of


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists=LISTS, data=st.data())
def test_the_order_in_which_dated_lists_come_in_does_not_matter(
    session: Session, lists: list[tuple[object, ...]], data: st.DataObject
) -> None:
    dated = list(enumerate(lists, start=1))
    other = data.draw(st.permutations(dated))
    found = []
    for order in (dated, other):
        with session.begin_nested() as trial:
            take(session, 0, ("", A))  # the patent is known before any pledge can be
            for place, told in order:
                take(session, 10 * place, told)
            found.append(state(session))
            trial.rollback()
    assert found[0] == found[1]


def test_a_list_that_repeats_what_stands_is_held_against_the_registered_pledges_by_its_own_day(
    session: Session,
) -> None:
    take(session, 0, ("授权 | 质押", A))
    cells = ("Y2026980000001", number(1), A, "样例一银行", "2026-01-11", "2026-01-31")
    take_in(session, ListKind.PLEDGES, PLEDGES, cells, as_of=START + timedelta(days=40))
    assert the_patent(session).is_pledged  # the first list may mean a pledge that no register told
    take(session, 20, ("授权 | 质押", A))  # on that day it means the one that is over since
    assert not the_patent(session).is_pledged
    assert the_patent(session).listed_flags == "pledged"
