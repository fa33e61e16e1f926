"""The lists of firms are read along an index: their plans and their rows, on both databases.

What a count must read is no matter of a page: it may pass over an index of every firm. What may not happen
in any statement: a table read from end to end without an index, or an index built for one request. What may
not happen on a page: a sort, unless few rows were found by their words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, text
from sqlalchemy.orm import Session

from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.db import begin_writing, is_sqlite
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.paging import Cursor, encode_cursor
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import (
    ENTERPRISE_ORDERS,
    HOLDINGS,
    EnterpriseFilter,
    enterprises_page,
    latest_as_of,
)
from ipfin.registry.queries import holding_facet as office_holding_facet
from ipfin.registry.queries import region_facet as office_region_facet
from ipfin.registry.search import search_text
from ipfin.whitelist.models import Admission
from ipfin.whitelist.queries import (
    FIRM_ORDERS,
    FirmFilter,
    all_firms,
    firms_count,
    firms_page,
    grade_facet,
    holding_facet,
    region_facet,
)
from ipfin.whitelist.scoring import Grade
from tests.factories import TODAY, Make

BANK = Actor(user_id=1, name="样例", role=Role.BANK, organisation_id=1)
COUNTY = Actor(user_id=2, name="样例", role=Role.COUNTY_OFFICER, region_codes=frozenset({"410581"}))
REGIONS = ("410581", "410526", "410522")
FIRMS = 240
WATCHED = ("enterprise", "admission", "patent", "applicant", "patent_applicant")
FILTERS = (
    EnterpriseFilter(),
    EnterpriseFilter(region=REGIONS[0]),
    EnterpriseFilter(region=REGIONS[1], holding="unpledged"),
    EnterpriseFilter(query="有限", holding="pledged"),
)
GRADED = (*((firms, "") for firms in FILTERS), (EnterpriseFilter(region=REGIONS[0]), "B"))


def build(session: Session) -> None:
    """Save firms with many ties; a third of them admitted, some of them no longer or not yet."""
    make, dice = Make(session), Random(7)  # noqa: S311 - the same firms every time
    for code in REGIONS:
        make.region(code)
    round_ = make.round()
    row, admission = (columns_of(each) for each in (make.enterprise(), make.admission(round=round_)))
    firms, admissions = [], []
    for number in range(1000, 1000 + FIRMS):
        valid = dice.choice((0, 1, 1, 2, 3))
        name = f"样例{'洹水红旗'[number % 4]}{number % 20}有限公司{number}"
        own = {"id": number, "public_id": f"sample-{number}", "name": name, "name_key": name}
        counts = {"valid_count": valid, "valid_invention_count": dice.randint(0, valid)}
        counts |= {"granted_count": valid, "pledged_count": dice.randint(0, min(valid, 1))}
        where = {"region_code": dice.choice((*REGIONS, None)), "pinyin_key": f"yl{number % 9}"}
        firms.append(
            row | own | counts | where | {"credit_code": None, "search_text": search_text(name, None)}
        )
        if number % 3 == 0:
            days = {"valid_from": TODAY - timedelta(days=9), "valid_until": TODAY + timedelta(days=9)}
            if number % 15 == 0:
                days["valid_until"] = TODAY
            elif number % 21 == 0:
                days["ended_on"] = TODAY + timedelta(days=number % 2)
            graded = dice.choice((600_000, 700_000, 700_000, 800_000))
            grade = Grade.A if graded > 700_000 else Grade.B
            given_to = {"id": number, "enterprise_id": number, "grade": grade, "graded_e4": graded}
            admissions.append(admission | given_to | days)
    session.execute(insert(Enterprise), firms)
    session.execute(insert(Admission), admissions)


def columns_of(saved: Any) -> dict[str, Any]:
    """Return the row that the factory saved, to be saved again as others."""
    return {column.key: getattr(saved, column.key) for column in saved.__table__.columns}


@pytest.fixture
def city(session: Session) -> Session:
    build(session)
    return session


@dataclass(frozen=True)
class Asked:
    """A statement as it was sent, with its plan."""

    statement: str
    plan: str

    @property
    def is_of_a_page(self) -> bool:
        return " LIMIT " in self.statement


@contextmanager
def watched(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Collect the queries that a block sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((" ".join(statement.split()), parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def plans(session: Session, ask: Callable[[], Any]) -> list[Asked]:
    """Return what `ask` sends to the database and how that reads it."""
    with watched(session) as sent:
        ask()
    return [Asked(statement, _plan(session, statement, parameters)) for statement, parameters in sent]


def _plan(session: Session, statement: str, parameters: Any) -> str:
    connection = session.connection()
    if is_sqlite(session):
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(row[3] for row in rows)
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    connection.execute(text("SET LOCAL enable_sort = off"))
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    return "\n".join(_nodes(plan["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[str]:
    yield f"{node['Node Type']} on {node.get('Relation Name', '')} by {node.get('Index Name', '')}"
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def faults(asked: Asked, *, few: bool = False) -> list[str]:
    """Return the steps of a plan that a list of 400,000 firms must not take."""
    found = []
    for step in asked.plan.splitlines():
        bare = any(step == f"SCAN {table}" or step.startswith(f"Seq Scan on {table} ") for table in WATCHED)
        sorts = "USE TEMP B-TREE FOR" in step or step.startswith(("Sort ", "Incremental Sort "))
        if bare or "AUTOMATIC" in step or (sorts and asked.is_of_a_page and not few):
            found.append(f"{step} <- {asked.statement}")
    # Begun at the firms, SQLite would pass all the admissions for every one of them.
    joined, begun = " JOIN enterprise ON " in asked.statement, asked.plan.partition("\n")[0]
    if joined and not few and begun.startswith(("SCAN enterprise", "SEARCH enterprise")):
        found.append(f"{begun} <- {asked.statement}")
    return found


def with_statistics(session: Session) -> None:
    session.execute(text("ANALYZE"))


def without_statistics(session: Session) -> None:
    """Leave the planner with what it knows of tables that nobody counted."""


KNOWN = pytest.mark.parametrize("known", [with_statistics, without_statistics])


def beside(order: str) -> list[str | None]:
    """Return cursors: none, and one into the middle in each direction."""
    key = {"score": 700_000, "name": "yl4"}.get(order, 1)
    return [None, *(encode_cursor(Cursor(order, (key,), 1090, backwards)) for backwards in (False, True))]


@KNOWN
def test_a_page_of_firms_is_read_along_its_order(city: Session, known) -> None:
    known(city)
    visible = enterprises_visible_to(BANK)
    for tier, order, (firms, grade, cursor) in product(
        ("whitelist", "directory"), FIRM_ORDERS, ((*each, cursor) for each in GRADED for cursor in (0, 1, 2))
    ):
        wanted, place = FirmFilter(firms, tier, grade), beside(order)[cursor]
        if cursor == 2 and firms != EnterpriseFilter():
            continue
        for asked in plans(
            city,
            lambda: firms_page(city, visible, wanted, on=TODAY, order=order, cursor=place, size=9),  # noqa: B023
        ):
            assert faults(asked) == [], (wanted, order, cursor)


@KNOWN
def test_a_page_of_the_office_is_read_along_its_order(city: Session, known) -> None:
    known(city)
    for actor, order, wanted, cursor in product((BANK, COUNTY), ENTERPRISE_ORDERS, FILTERS, (0, 1)):
        visible, place = enterprises_visible_to(actor), beside(order)[cursor]
        for asked in plans(
            city,
            lambda: enterprises_page(city, visible, wanted, order=order, cursor=place, size=9),  # noqa: B023
        ):
            assert faults(asked) == [], (actor.role, wanted, order, cursor)


@KNOWN
def test_rare_words_are_looked_up_and_no_table_is_passed(city: Session, known) -> None:
    known(city)
    visible = enterprises_visible_to(BANK)
    words, tiers = ("公司1117", "没有的字"), ("whitelist", "directory")
    for order, tier, query in product(("score", "valid"), tiers, words):
        wanted = FirmFilter(EnterpriseFilter(query=query), tier)
        for asked in plans(
            city,
            lambda: firms_page(city, visible, wanted, on=TODAY, order=order, cursor=None),  # noqa: B023
        ):
            assert faults(asked, few=True) == [], wanted
            if is_sqlite(city):
                assert "SCAN enterprise USING" not in asked.plan, "each firm was asked for a rare word"


@KNOWN
def test_counts_and_facets_read_indexes_only(city: Session, known) -> None:
    known(city)
    visible = enterprises_visible_to(BANK)
    facets = (firms_count, grade_facet, region_facet, holding_facet)
    for tier, firms, facet in product(("whitelist", "directory"), FILTERS, facets):
        wanted = FirmFilter(firms, tier)
        for asked in plans(city, lambda: facet(city, visible, wanted, on=TODAY)):  # noqa: B023
            assert faults(asked) == [], (facet.__name__, wanted)
    for firms, facet in product(FILTERS, (office_region_facet, office_holding_facet)):
        for asked in plans(city, lambda: facet(city, visible, firms)):  # noqa: B023
            assert faults(asked) == [], (facet.__name__, firms)
    for asked in plans(city, lambda: latest_as_of(city, visible)):
        assert faults(asked) == []


@pytest.mark.parametrize(
    ("index", "order", "tier"),
    [
        ("ix_enterprise_inventions", "inventions", "directory"),
        ("ix_admission_ranking", "score", "whitelist"),
    ],
)
def test_a_lost_index_is_seen(city: Session, index: str, order: str, tier: str) -> None:
    """What the tests above look for can be found."""
    with_statistics(city)
    city.execute(text(f"DROP INDEX {index}"))
    visible = enterprises_visible_to(BANK)
    wanted = FirmFilter(EnterpriseFilter(), tier)
    seen = plans(city, lambda: firms_page(city, visible, wanted, on=TODAY, order=order, cursor=None))
    assert any(faults(asked) for asked in seen)


# --- Rows --------------------------------------------------------------------------------------------


def plain(session: Session, wanted: FirmFilter, order: str) -> list[tuple[Any, int]]:
    """Return (key, id) of every row as a sorted list, without any of the queries."""
    on = text(
        "SELECT enterprise_id, graded_e4, grade FROM admission WHERE valid_from <= :on AND valid_until > :on"
        " AND (ended_on IS NULL OR ended_on > :on)"
    )
    day = TODAY.isoformat() if is_sqlite(session) else TODAY
    graded = {row[0]: (row[1], row[2]) for row in session.execute(on, {"on": day})}
    rows = []
    for firm in session.query(Enterprise):
        holds = {
            "": True,
            "valid": firm.valid_count > 0,
            "invention": firm.valid_invention_count > 0,
            "pledged": firm.pledged_count > 0,
            "unpledged": firm.valid_count > 0 and firm.pledged_count == 0,
            "pending": firm.pending_count > 0,
        }[wanted.firms.holding]
        score, grade = graded.get(firm.id, (-1, ""))
        here = firm.valid_count > 0 and holds and wanted.firms.region in ("", firm.region_code)
        if wanted.tier == "whitelist":
            here = here and score >= 0
        if here and wanted.grade in ("", grade):
            key = score if order == "score" else getattr(firm, ENTERPRISE_ORDERS[order][0].key)
            rows.append((key, firm.id))
    return sorted(rows, reverse=order != "name")


def _place(row: Any, order: str) -> tuple[Any, int]:
    firm = row.enterprise
    if order == "score":
        return (row.admission.graded_e4 if row.admission else -1), firm.id
    return getattr(firm, ENTERPRISE_ORDERS[order][0].key), firm.id


def test_pages_of_any_size_in_both_directions_are_the_plain_sorted_list(engine: Engine) -> None:
    with Session(engine) as session:
        begin_writing(session)
        build(session)
        session.commit()
    visible = enterprises_visible_to(BANK)

    @settings(max_examples=20)
    @given(
        order=st.sampled_from(sorted(FIRM_ORDERS)),
        wanted=st.builds(
            FirmFilter,
            st.builds(
                EnterpriseFilter,
                query=st.just(""),
                region=st.sampled_from(["", *REGIONS]),
                holding=st.sampled_from(["", *HOLDINGS]),
            ),
            tier=st.sampled_from(["whitelist", "directory", "directory"]),
            grade=st.sampled_from(["", "", "A"]),
        ),
        size=st.sampled_from([4, 7, 13, 50, 80, 81, 200]),
    )
    @example("score", FirmFilter(EnterpriseFilter(), "directory"), 3)
    @example("score", FirmFilter(EnterpriseFilter(region=REGIONS[0]), "directory"), 1)
    def hold(order: str, wanted: FirmFilter, size: int) -> None:
        with Session(engine) as session:
            expected = plain(session, wanted, order)
            forward, cursor, pages = [], None, []
            while True:
                page = firms_page(session, visible, wanted, on=TODAY, order=order, cursor=cursor, size=size)
                assert page.total == len(expected)
                pages.append([_place(row, order) for row in page.items])
                forward += pages[-1]
                if page.next_cursor is None:
                    break
                cursor = page.next_cursor
            assert forward == expected
            back = []
            while page.previous_cursor is not None:
                page = firms_page(
                    session, visible, wanted, on=TODAY, order=order, cursor=page.previous_cursor, size=size
                )
                back = [_place(row, order) for row in page.items] + back
            assert back == expected[: len(expected) - len(pages[-1])]
            exported = all_firms(session, visible, wanted, on=TODAY, order=order)
            assert [_place(row, order) for row in exported] == expected

    hold()


def test_a_cursor_of_any_score_begins_where_it_says(city: Session) -> None:
    wanted, visible = FirmFilter(EnterpriseFilter(), "directory"), enterprises_visible_to(BANK)
    rows = plain(city, wanted, "score")
    for key, backwards in product((-5, -1, 0, 700_000, 10**9, None), (False, True)):
        cursor = encode_cursor(Cursor("score", (key,), 1060, backwards))
        page = firms_page(city, visible, wanted, on=TODAY, order="score", cursor=cursor, size=7)
        here = [] if key is None else rows
        beside_it = [row for row in here if (row > (key, 1060) if backwards else row < (key, 1060))]
        expected = beside_it[-7:] if backwards else beside_it[:7]
        assert [_place(row, "score") for row in page.items] == expected, (key, backwards)


def test_facets_count_the_rows_of_the_list_without_their_own_filter(city: Session) -> None:
    visible = enterprises_visible_to(BANK)
    here = EnterpriseFilter(region=REGIONS[0], holding="unpledged")
    for tier in ("whitelist", "directory"):
        wanted = FirmFilter(here, tier)
        counted = [
            *((FirmFilter(here, tier, word), count) for word, count in grade_facet(
                city, visible, wanted, on=TODAY)),
            *((FirmFilter(replace(here, region=code), tier), count) for code, _name, count in region_facet(
                city, visible, wanted, on=TODAY)),
            *((FirmFilter(replace(here, holding=word), tier), count) for word, count in holding_facet(
                city, visible, wanted, on=TODAY)),
        ]  # fmt: skip
        assert len(counted) == 2 + len(REGIONS) + len(HOLDINGS)
        for narrower, count in counted:
            assert len(plain(city, narrower, "valid")) == count, narrower
