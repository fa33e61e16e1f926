"""Lists go in whole or not at all, and what stands is never lost."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.db import begin_writing
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import Conflict
from ipfin.kernel.identifiers import credit_code_with_check
from ipfin.kernel.text import Text, _
from ipfin.registry.intake import Plan, mapping_for, plan, read_list
from ipfin.registry.lifecycle import BatchState, RowOutcome
from ipfin.registry.models import Applicant, Enterprise, ImportBatch, ImportRow, Patent
from ipfin.registry.portfolio_counts import COUNTED
from ipfin.registry.service import (
    commit_batch,
    note_check,
    obstacles_to_undo,
    open_batch,
    portfolio,
    undo_batch,
)
from ipfin.registry.statuses import Validity
from tests.lists import HEADER, number, row, write_list

DAY = date(2026, 3, 5)


def take_in(
    session: Session, folder: Path, rows: list[list[str]], *, as_of: date = DAY
) -> tuple[ImportBatch, Plan]:
    """Import a list of `rows` and return its batch and plan."""
    return take_in_file(session, write_list(folder / "list.xlsx", rows), as_of=as_of)


def take_in_file(session: Session, path: Path, *, as_of: date = DAY) -> tuple[ImportBatch, Plan]:
    """Import the list at `path` and return its batch and plan."""
    table = read_list(path, "名单.xlsx")
    begin_writing(session)
    found = plan(session, table, mapping_for(session, table), as_of=as_of)
    batch = open_batch(
        session,
        SYSTEM,
        filename="名单.xlsx",
        stored_name="x",
        sha256=table.sha256,
        size_bytes=table.size_bytes,
        as_of=as_of,
    )
    note_check(session, SYSTEM, batch, found)
    commit_batch(session, SYSTEM, batch, found)
    session.commit()
    return batch, found


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """Return new, changed, unchanged, refused."""
    return batch.rows_new, batch.rows_changed, batch.rows_unchanged, batch.rows_refused


def test_every_row_has_exactly_one_outcome(session: Session, tmp_path: Path) -> None:
    broken = number(9)[:-1] + ("0" if number(9)[-1] != "0" else "1")
    batch, found = take_in(session, tmp_path, [row(1), row(2), row(1), row(9, application=broken)])

    assert found.reconciles()
    assert counts(batch) == (2, 0, 1, 1)
    assert batch.rows_repeated == 1
    refused = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)).one()
    assert (refused.row_number, refused.outcome, refused.field) == (
        5,
        RowOutcome.REFUSED,
        "application_number",
    )


def test_the_same_file_twice_changes_nothing(session: Session, tmp_path: Path) -> None:
    rows = [row(1), row(2, events="授权 | 质押"), row(3, validity="失效", events="未缴年费")]
    take_in(session, tmp_path, rows)

    again, _plan = take_in(session, tmp_path, rows)

    assert counts(again) == (0, 0, 3, 0)


def test_a_newer_list_changes_the_status_and_says_what_it_was(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, [row(1)])

    batch, _plan = take_in(session, tmp_path, [row(1, events="授权 | 质押")], as_of=date(2026, 4, 1))

    assert counts(batch) == (0, 1, 0, 0)
    kept = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)).one()
    assert kept.before is not None
    assert kept.after is not None
    assert (kept.before["is_pledged"], kept.after["is_pledged"]) == (False, True)
    patent = session.scalars(select(Patent)).one()
    assert patent.is_pledged
    assert patent.validity is Validity.VALID
    assert session.scalars(select(Enterprise)).one().pledged_count == 1


@pytest.mark.parametrize(("as_of", "changed"), [(date(2026, 3, 4), 0), (DAY, 1), (date(2026, 3, 6), 1)])
def test_only_a_list_of_the_same_day_or_later_moves_a_status(
    session: Session, tmp_path: Path, as_of: date, changed: int
) -> None:
    take_in(session, tmp_path, [row(1)])

    batch, _plan = take_in(session, tmp_path, [row(1, validity="失效", events="未缴年费")], as_of=as_of)

    assert batch.rows_changed == changed


def test_a_column_that_a_list_lacks_erases_nothing(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, [row(1, events="授权 | 质押")])
    path = write_list(
        tmp_path / "short.xlsx",
        [["一种样张装置", number(1), "安阳样张机械有限公司"]],
        ("专利名称", "申请号", "申请人"),
    )
    table = read_list(path, "短.xlsx")

    found = plan(session, table, mapping_for(session, table), as_of=date(2026, 9, 1))

    assert [step.outcome for step in found.steps] == [RowOutcome.UNCHANGED]


def test_one_firm_under_one_spelling_is_one_enterprise(session: Session, tmp_path: Path) -> None:
    take_in(
        session, tmp_path, [row(1, firm="安阳样张（集团）有限公司"), row(2, firm="安阳样张(集团)有限公司 ")]
    )

    firm = session.scalars(select(Enterprise)).one()
    assert (firm.patent_count, firm.valid_count) == (2, 2)


def test_legal_persons_with_different_forms_are_never_merged(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, [row(1, firm="安阳样张有限公司"), row(2, firm="安阳样张有限责任公司")])

    assert session.scalar(select(func.count()).select_from(Enterprise)) == 2


def test_persons_and_universities_hold_patents_but_are_no_enterprises(
    session: Session, tmp_path: Path
) -> None:
    take_in(session, tmp_path, [row(1, firm="样张大学"), row(2, firm="安阳样张有限公司;样张大学")])

    firm = session.scalars(select(Enterprise)).one()
    assert firm.name == "安阳样张有限公司"
    assert firm.valid_count == 1
    assert session.scalar(select(func.count()).select_from(Applicant)) == 2


def test_an_undone_batch_leaves_what_was_there_before(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, [row(1), row(2)])
    before = _digest(session)
    batch, _plan = take_in(
        session,
        tmp_path,
        [row(1, events="授权 | 质押", firm="安阳另一样张有限公司"), row(3, firm="安阳新样张有限公司")],
        as_of=date(2026, 5, 1),
    )
    assert _digest(session) != before

    begin_writing(session)
    undo_batch(session, SYSTEM, session.get_one(ImportBatch, batch.id))
    session.commit()

    assert _digest(session) == before
    assert session.get_one(ImportBatch, batch.id).state is BatchState.UNDONE


def test_a_batch_that_a_later_one_built_on_is_not_undone(session: Session, tmp_path: Path) -> None:
    first, _plan = take_in(session, tmp_path, [row(1)])
    later, _plan = take_in(session, tmp_path, [row(1, events="授权 | 质押")], as_of=date(2026, 5, 1))

    begin_writing(session)
    with pytest.raises(Conflict, match=f"批次{later.id}"):
        undo_batch(session, SYSTEM, session.get_one(ImportBatch, first.id))


def test_a_batch_on_whose_firms_something_depends_is_not_undone(session: Session, tmp_path: Path) -> None:
    batch, _plan = take_in(session, tmp_path, [row(1)])

    begin_writing(session)
    with pytest.raises(Conflict, match="有记录"):
        undo_batch(
            session,
            SYSTEM,
            session.get_one(ImportBatch, batch.id),
            dependents=[lambda _session, firms: [_("有记录")] if firms else []],
        )
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Patent)) == 1


def test_a_commit_that_breaks_off_leaves_nothing(session: Session, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", [row(1), row(2)])
    table = read_list(path, "名单.xlsx")
    begin_writing(session)
    found = plan(session, table, mapping_for(session, table), as_of=DAY)
    batch = open_batch(
        session, SYSTEM, filename="x", stored_name="x", sha256=table.sha256, size_bytes=1, as_of=DAY
    )
    note_check(session, SYSTEM, batch, found)

    def break_off(done: int, total: int, _message: object) -> None:
        if done:
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        commit_batch(session, SYSTEM, batch, found, report=break_off)
    session.rollback()

    for model in (Patent, Applicant, Enterprise, ImportBatch, ImportRow):
        assert session.scalar(select(func.count()).select_from(model)) == 0


def _digest(session: Session) -> list[object]:
    session.expire_all()
    patents = session.execute(
        select(Patent.application_number, Patent.flags, Patent.as_of, Patent.last_batch_id).order_by(
            Patent.id
        )
    ).all()
    firms = session.execute(
        select(
            Enterprise.name, Enterprise.patent_count, Enterprise.valid_count, Enterprise.pledged_count
        ).order_by(Enterprise.id)
    ).all()
    names = session.execute(select(Applicant.name, Applicant.enterprise_id).order_by(Applicant.id)).all()
    return [*patents, *firms, *names]


def test_two_names_of_one_credit_code_are_one_legal_person(session: Session, tmp_path: Path) -> None:
    code = "91410502MA00000012"
    code = credit_code_with_check(code[:17])
    take_in(
        session,
        tmp_path,
        [row(1, firm="安阳样张旧名有限公司", code=code), row(2, firm="安阳样张新名有限公司", code=code)],
    )
    take_in(session, tmp_path, [row(3, firm="安阳样张又名有限公司", code=code)], as_of=date(2026, 6, 1))

    firm = session.scalars(select(Enterprise)).one()
    assert (firm.credit_code, firm.valid_count) == (code, 3)


def test_batches_are_undone_one_after_the_other_to_nothing(session: Session, tmp_path: Path) -> None:
    first, _plan = take_in(session, tmp_path, [row(1), row(2)])
    later, _plan = take_in(session, tmp_path, [row(1, events="授权 | 质押")], as_of=date(2026, 5, 1))
    for batch in (later, first):
        begin_writing(session)
        undo_batch(session, SYSTEM, session.get_one(ImportBatch, batch.id))
        session.commit()

    for model in (Patent, Applicant, Enterprise):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    kept = session.scalars(select(ImportRow)).one()
    assert (kept.batch_id, kept.patent_id) == (later.id, None)


def test_what_stands_in_the_way_of_an_undo_is_said_before_it_is_tried(
    session: Session, tmp_path: Path
) -> None:
    first, _plan = take_in(session, tmp_path, [row(1), row(2)])
    assert obstacles_to_undo(session, first) == []
    later, _plan = take_in(
        session,
        tmp_path,
        [row(1, events="授权 | 质押"), row(2, events="授权 | 质押")],
        as_of=date(2026, 5, 1),
    )

    told = obstacles_to_undo(
        session, first, dependents=[lambda _session, firms: [_("有记录")] if firms else []]
    )

    assert [str(sentence) for sentence in told] == [
        f"批次{later.id}（名单.xlsx）在本批次之上变更了2件专利，请先撤销该批次。",
        "有记录",
    ]


def test_a_dry_run_keeps_what_rows_would_change_with_both_values(session: Session, tmp_path: Path) -> None:
    first, _plan = take_in(session, tmp_path, [row(1)])
    path = write_list(tmp_path / "next.xlsx", [row(1, events="授权 | 质押")])
    table = read_list(path, "名单.xlsx")
    begin_writing(session)
    later = date(2026, 4, 1)
    batch = open_batch(
        session, SYSTEM, filename="x", stored_name="x", sha256=table.sha256, size_bytes=1, as_of=later
    )
    note_check(session, SYSTEM, batch, plan(session, table, mapping_for(session, table), as_of=later))
    session.commit()

    kept = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)).one()
    assert kept.before is not None
    assert kept.after is not None
    assert (kept.before["is_pledged"], kept.after["is_pledged"]) == (False, True)
    assert session.scalars(select(Patent.is_pledged)).one() is False

    session.rollback()
    begin_writing(session)
    undo_batch(session, SYSTEM, session.get_one(ImportBatch, first.id))  # a dry run holds nothing back
    session.commit()
    assert session.scalar(select(func.count()).select_from(ImportRow)) == 0


# --- Two sources that disagree -------------------------------------------------------------------------

LAPSED = {"validity": "失效", "events": "未缴年费"}
JUNE, APRIL = date(2026, 6, 1), date(2026, 4, 1)


def the_patent(session: Session) -> Patent:
    session.expire_all()
    return session.scalars(select(Patent)).one()


def test_a_newer_list_that_says_the_same_keeps_an_older_one_from_speaking(
    session: Session, tmp_path: Path
) -> None:
    take_in(session, tmp_path, [row(1)])
    again, _plan = take_in(session, tmp_path, [row(1)], as_of=JUNE)
    assert counts(again) == (0, 0, 1, 0)
    assert (the_patent(session).as_of, the_patent(session).status_as_of) == (JUNE, JUNE)

    between, _plan = take_in(session, tmp_path, [row(1, **LAPSED)], as_of=APRIL)

    assert counts(between) == (0, 0, 1, 0)
    assert the_patent(session).validity is Validity.VALID


def test_an_undone_batch_gives_back_the_days_that_it_confirmed(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, [row(1), row(2)])
    before = _digest(session)
    again, _plan = take_in(session, tmp_path, [row(1), row(2)], as_of=JUNE)
    assert _digest(session) != before

    begin_writing(session)
    undo_batch(session, SYSTEM, session.get_one(ImportBatch, again.id))
    session.commit()

    assert _digest(session) == before


def test_what_an_older_list_says_otherwise_is_told_and_not_taken(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, [row(1)], as_of=JUNE)

    batch, _plan = take_in(session, tmp_path, [row(1, title="一种旧装置", **LAPSED)], as_of=APRIL)

    told = [warning["message"] for warning in batch.summary["warnings"]]
    sentences = [str(Text.from_json(message)) for message in told]
    assert batch.summary["rows_withheld"] == 1
    assert (
        "第2行：专利有效性“失效”未采用：名单的数据日期2026-04-01较早，库中为“有效”（2026-06-01）。"
        in sentences
    )
    assert any("标题“一种旧装置”未采用" in sentence for sentence in sentences)
    # A word of ours stays a sentence of its own, to be said in the reader's language.
    assert {"template": "失效", "params": {}} in [message["params"]["told"] for message in told]
    assert the_patent(session).title == "一种样张装置"


def test_a_list_without_states_does_not_make_the_known_state_newer(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, [row(1)])
    stateless = (row(1)[:8], HEADER[:8])
    path = write_list(tmp_path / "stateless.xlsx", [stateless[0]], stateless[1])
    take_in_file(session, path, as_of=JUNE)
    assert (the_patent(session).as_of, the_patent(session).status_as_of) == (JUNE, DAY)

    between, _plan = take_in(session, tmp_path, [row(1, **LAPSED)], as_of=APRIL)

    assert counts(between) == (0, 1, 0, 0)
    assert the_patent(session).validity is Validity.LAPSED
    assert the_patent(session).as_of == JUNE  # the day of the latest list that named it


def test_an_older_list_fills_what_nobody_told_and_leaves_the_day(session: Session, tmp_path: Path) -> None:
    path = write_list(tmp_path / "bare.xlsx", [row(1)[:2] + row(1)[5:6]], HEADER[:2] + HEADER[5:6])
    take_in_file(session, path, as_of=JUNE)
    assert the_patent(session).validity is Validity.UNKNOWN

    older, _plan = take_in(session, tmp_path, [row(1)], as_of=APRIL)

    patent = the_patent(session)
    assert counts(older) == (0, 1, 0, 0)
    assert (patent.validity, patent.filed_on) == (Validity.VALID, date(2021, 3, 5))
    assert (patent.as_of, patent.status_as_of) == (JUNE, APRIL)


def test_a_new_firm_is_written_with_the_counts_that_counting_it_again_finds(
    session: Session, tmp_path: Path
) -> None:
    """The counts of firms that a list brings are reckoned beside it: the query must say the same."""
    firms = ("安阳样张甲有限公司", "安阳样张乙有限公司", "安阳样张甲有限公司;安阳样张乙有限公司")
    states: tuple[dict[str, str], ...] = (
        {"events": "授权 | 质押"},
        {"validity": "失效", "events": "未缴年费"},
        {"validity": "审中", "events": "实质审查"},
        {"validity": "", "events": ""},
        {},
    )
    rows = [
        row(serial, firm=firms[serial % len(firms)], application=number(serial, kind=kind), **state)
        for serial, (kind, state) in enumerate(product((1, 2, 3), states), start=1)
    ]
    take_in(session, tmp_path, rows)
    ids = [firm.id for firm in session.scalars(select(Enterprise))]
    columns = [Enterprise.__table__.c[name] for name in ("id", *COUNTED)]
    written = session.execute(select(*columns).order_by(Enterprise.id)).all()

    portfolio.recount(session, ids)

    assert len(written) == 2
    assert all(any(firm[place] for firm in written) for place in range(len(columns))), "every count is met"
    assert session.execute(select(*columns).order_by(Enterprise.id)).all() == written
