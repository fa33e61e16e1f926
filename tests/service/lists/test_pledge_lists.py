"""Pledges come in as registrations of patents; the patents' flag follows what is known by date."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import Conflict
from ipfin.lists.service import propose, undo_list
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import Enterprise, ImportBatch, ImportRow, Patent, PatentPledge
from tests.factories import Make
from tests.lists import number, table_of
from tests.service.lists.taking import DAY, counts, plan_of, story, take_in

HEADER = ("序号", "质押登记号", "专利号", "专利名称", "出质人", "质权人", "登记日", "注销日", "担保金额")
KIND = ListKind.PLEDGES
LATER = date(2026, 6, 5)
ONE = number(1).removeprefix("CN")


def row(
    *patents: str,
    number_: str = "Y2026980000001",
    since: str = "2026-01-05",
    end: str = "",
    to: str = "样例银行",
) -> list[str]:
    shown = "；".join(patents or (number(1),))
    return [
        "1",
        number_,
        shown.replace("CN", "ZL"),
        "一种装置",
        "安阳样张机械有限公司",
        to,
        since,
        end,
        "500万元",
    ]


@pytest.fixture
def patent(make: Make) -> Patent:
    return make.patent(application_number=ONE, as_of=date(2026, 1, 1))


def pledges(session: Session) -> list[PatentPledge]:
    session.flush()
    return list(session.scalars(select(PatentPledge).order_by(PatentPledge.id)))


def state(session: Session, patent: Patent) -> tuple[bool, str, int]:
    session.expire_all()
    return (
        patent.is_pledged,
        patent.flags,
        session.scalars(select(Enterprise).order_by(Enterprise.id)).first().pledged_count,
    )


def test_a_pledge_list_is_recognised_and_marks_its_patent(session: Session, patent: Patent) -> None:
    found = propose(session, table_of(HEADER, [row()]))
    assert (found.kind, found.is_sure) == (KIND, True)
    batch = take_in(session, KIND, HEADER, row())
    assert counts(batch) == (1, 0, 0, 0)
    [pledge] = pledges(session)
    assert (pledge.patent_id, pledge.registered_on, pledge.released_on) == (patent.id, date(2026, 1, 5), None)
    assert (pledge.pledgee, pledge.amount_fen) == ("样例银行", 500_000_000)
    assert state(session, patent) == (True, "pledged", 1)
    undo_list(session, SYSTEM, batch)
    assert pledges(session) == []
    assert state(session, patent) == (False, "", 0)


def test_the_same_list_again_changes_nothing(session: Session, patent: Patent) -> None:
    take_in(session, KIND, HEADER, row())
    assert counts(take_in(session, KIND, HEADER, row(), as_of=LATER)) == (0, 0, 1, 0)


def test_a_release_takes_off_the_flag_that_the_pledge_had_set_and_its_undo_puts_it_on_again(
    session: Session, patent: Patent
) -> None:
    take_in(session, KIND, HEADER, row())
    later = take_in(session, KIND, HEADER, row(end="2026-05-05"), as_of=LATER)
    assert counts(later) == (0, 1, 0, 0)
    assert story(session, later)[0][2]["released_on"] == ""
    assert story(session, later)[0][3]["released_on"] == "2026-05-05"
    assert state(session, patent) == (False, "", 0)
    undo_list(session, SYSTEM, later)
    assert pledges(session)[0].released_on is None
    assert state(session, patent) == (True, "pledged", 1)


def test_a_flag_of_another_source_stays_whatever_a_release_says(session: Session, make: Make) -> None:
    flagged = make.patent(application_number=ONE, as_of=date(2026, 1, 1), flags="pledged", is_pledged=True)
    take_in(session, KIND, HEADER, row(end="2026-02-05"))
    assert flagged.is_pledged


def test_a_second_pledge_keeps_the_flag_when_the_first_is_released(session: Session, patent: Patent) -> None:
    take_in(session, KIND, HEADER, row(), row(number_="Y2026980000002"))
    take_in(session, KIND, HEADER, row(end="2026-05-05"), as_of=LATER)
    assert state(session, patent)[0]


def test_a_list_older_than_the_patent_s_own_changes_no_flag(session: Session, make: Make) -> None:
    known = make.patent(application_number=ONE, as_of=LATER, status_as_of=LATER, tells_flags=True)
    take_in(session, KIND, HEADER, row())
    assert not known.is_pledged
    assert len(pledges(session)) == 1


def test_a_later_list_that_told_no_status_holds_no_pledge_back(session: Session, make: Make) -> None:
    known = make.patent(application_number=ONE, as_of=LATER, status_as_of=DAY)
    take_in(session, KIND, HEADER, row())
    assert known.is_pledged


def test_an_older_list_takes_no_release_back(session: Session, patent: Patent) -> None:
    take_in(session, KIND, HEADER, row(end="2026-05-05"), as_of=LATER)
    assert counts(take_in(session, KIND, HEADER, row(to="别家银行"), as_of=DAY)) == (0, 0, 1, 0)
    assert pledges(session)[0].pledgee == "样例银行"


def test_a_patent_that_is_not_known_is_kept_apart_in_words(session: Session, patent: Patent) -> None:
    batch = take_in(session, KIND, HEADER, row(), row(number(2), number_="Y2026980000002"))
    assert counts(batch) == (1, 0, 0, 1)
    refused = session.query(ImportRow).filter_by(batch_id=batch.id, code="unknown_patent").one()
    assert number(2).removeprefix("CN") in str(refused.message)


def test_of_a_registration_over_several_the_known_patents_are_taken_and_the_others_told(
    session: Session, patent: Patent
) -> None:
    found = plan_of(session, table_of(HEADER, [row(number(1), number(2))]), KIND)
    assert [doubt.code for doubt in found.reading.warnings] == ["unknown_patent"]
    take_in(session, KIND, HEADER, row(number(1), number(2)))
    assert [pledge.patent_id for pledge in pledges(session)] == [patent.id]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (row(number(1)[:-1] + ("0" if number(1)[-1] != "0" else "1")), "bad_application_number"),
        (row(number_=""), "no_registration"),
        (row(since="2026-03-06"), "day_in_future"),
        (row(since="2026-02-02", end="2026-02-01"), "days_out_of_order"),
    ],
)
def test_a_row_that_cannot_be_is_refused_in_words(
    session: Session, patent: Patent, bad: list[str], code: str
) -> None:
    batch = take_in(session, KIND, HEADER, row(number_="Y9"), bad)
    assert counts(batch) == (1, 0, 0, 1)
    assert session.query(ImportRow).filter_by(batch_id=batch.id, code=code).one().row_number == 3


def test_the_list_of_a_pledged_patent_is_not_undone_before_the_pledge(
    session: Session, patent: Patent
) -> None:
    pledged = take_in(session, KIND, HEADER, row())
    patents = session.get_one(ImportBatch, patent.first_batch_id)
    with pytest.raises(Conflict, match=f"批次{pledged.id}"):
        undo_list(session, SYSTEM, patents)


def test_a_list_whose_registration_a_later_one_changed_is_not_undone_first(
    session: Session, patent: Patent
) -> None:
    first = take_in(session, KIND, HEADER, row())
    later = take_in(session, KIND, HEADER, row(end="2026-05-05"), as_of=LATER)
    with pytest.raises(Conflict, match=f"批次{later.id}"):
        undo_list(session, SYSTEM, first)
