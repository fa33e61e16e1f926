"""An issue of the directory for five institutions: compared, frozen, made, delivered.

Floor: the same rows written once, for one reader, by XlsxWriter in its frugal mode and by ReportLab drawing
every cell at a fixed place; no watermark, no letter, no database, nothing compared.
"""

from __future__ import annotations

import resource
from functools import partial
from pathlib import Path
from time import monotonic

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from benchmarks.lines import Line, cost_of, forget_peak, peak_mb, watched
from benchmarks.material import ON, Size, made_firms, migrated, people, writing
from benchmarks.papers import drawn_at_fixed_places
from ipfin.accounts.models import OrganisationKind
from ipfin.accounts.service import create_organisation
from ipfin.config import Environment, Settings
from ipfin.documents.listing_pdf import Listing, ListingColumn, write_listing
from ipfin.documents.models import Document
from ipfin.documents.typesetters import end_waiting_typesetter
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import now_utc
from ipfin.registry.models import Enterprise
from ipfin.reports.columns import LOOKS, CopyFields
from ipfin.reports.directory import IssueState
from ipfin.reports.models import DirectoryIssue, DirectoryLine
from ipfin.reports.service import prepare_issue, submit_issue
from ipfin.reports.service.publishing import publish_with_files
from ipfin.reports.tiers import FieldTier

INSTITUTIONS = 5
# A copy costs no more than 1.2 floors; two minutes are what an office waits at most.
GOAL, GOAL_MB, GOAL_SECONDS = 1.2 * INSTITUTIONS, 60.0, 120.0
_CHANGED_EVERY, _LEFT_EVERY = 20, 100


def measure(folder: Path, size: Size) -> list[Line]:
    """Return the lines of one issue; a tenth of its firms in the quick run."""
    count = 10_000 if size.rows >= 100_000 else 1_000
    engine = migrated(folder / "directory.db")
    settings = Settings(env=Environment.TEST, instance_dir=folder)
    maker, checker, _banker = people(engine, folder)
    _fill(count, engine)
    with writing(engine) as session:
        first = prepare_issue(session, maker, title="授权专利企业名录", on=ON)
        first.state = IssueState.PUBLISHED
        _move(session)
    _warm(folder, settings, count)
    before = forget_peak()
    started = monotonic()
    with watched() as making:
        with writing(engine) as session:
            issue = prepare_issue(session, maker, title="授权专利企业名录", on=ON)
            submit_issue(session, maker, issue)
            number, lines = issue.number, issue.lines_count
        publish_with_files(partial(writing, engine), checker, number, settings=settings, on=ON)
        end_waiting_typesetter()  # the child that set the letters has to be waited for to be counted
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    seconds, grown = monotonic() - started, peak_mb() - before
    with Session(engine) as session:
        if len(session.scalars(select(Document.id)).all()) != 3 * INSTITUTIONS:
            raise RuntimeError("what was measured is not the work: some files are missing")
        rows = _rows(session, number)
    floor = cost_of(lambda: _floor(folder, rows))
    title = f"directory issue {lines:,} x {INSTITUTIONS}"
    return [
        Line(title, making.seconds, floor, "one XLSX and one canvas PDF", GOAL),
        Line("  by the clock", seconds, goal=GOAL_SECONDS, is_limit=True),
        Line(
            "  its memory",
            grown,
            goal=GOAL_MB,
            unit="MB",
            is_limit=True,
            note=f"the child that sets letters: {child:.0f} MB",
        ),
    ]


def _warm(folder: Path, settings: Settings, count: int) -> None:
    """Let the fonts be converted, as they are once for an installation."""
    settings.font_cache_dir.mkdir(parents=True, exist_ok=True)
    names = [(firm.name,) for firm in made_firms(count)]
    listing = Listing("授权专利企业名录", [ListingColumn("企业")], names, watermark="示例")
    write_listing(folder / "warm.pdf", listing, font_cache=settings.font_cache_dir)


def _fill(count: int, engine: Engine) -> None:
    made = made_firms(count)
    rows = [
        {
            "public_id": f"firm{number:020d}",
            "name": firm.name,
            "name_key": firm.name,
            "credit_code": firm.credit_code,
            "locality": firm.district,
            "industry_code": "C3499",
            "patent_count": 9,
            "granted_count": 9,
            "valid_count": 2 + number % 7,
            "valid_invention_count": number % 2,
            "as_of": ON,
            "created_at": now_utc(),
            "is_synthetic": True,
        }
        for number, firm in enumerate(made)
    ]
    with writing(engine) as session:
        session.execute(insert(Enterprise), rows)
        for number in range(INSTITUTIONS - 1):
            create_organisation(
                session, SYSTEM, kind=OrganisationKind.BANK, name=f"示例银行第{number}支行", now=now_utc()
            )


def _move(session: Session) -> None:
    """Change one firm in twenty and let one in a hundred leave."""
    few = update(Enterprise)
    session.execute(few.where(Enterprise.id % _CHANGED_EVERY == 0).values(valid_count=9, pledged_count=1))
    session.execute(
        few.where(Enterprise.id % _LEFT_EVERY == 1).values(valid_count=0, valid_invention_count=0)
    )


def _rows(session: Session, number: int) -> list[list[str]]:
    keys = CopyFields(FieldTier.GRADED, has_consents=False).keys
    facts = session.scalars(
        select(DirectoryLine.facts)
        .join(DirectoryIssue, DirectoryIssue.id == DirectoryLine.issue_id)
        .where(DirectoryIssue.number == number, DirectoryLine.position > 0)
        .order_by(DirectoryLine.position)
    )
    return [[str(each[key]) for key in keys] for each in facts]


def _floor(folder: Path, rows: list[list[str]]) -> None:
    from xlsxwriter import Workbook

    keys = CopyFields(FieldTier.GRADED, has_consents=False).keys
    with Workbook(folder / "floor.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名录")
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                sheet.write_string(number, place, value)
    printed = [place for place, key in enumerate(keys) if LOOKS[key].share]
    drawn_at_fixed_places(folder / "floor.pdf", [[row[place] for place in printed] for row in rows])
