"""The patents of a firm are found by the firm, not among all those of the registry."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from ipfin.db import is_sqlite
from ipfin.registry.models import Patent
from ipfin.registry.statuses import Validity
from ipfin.whitelist.queries import PatentFilter, firm_fee_outlook, firm_patents_page, patent_facets
from tests.factories import TODAY, Make


@pytest.mark.parametrize("known", [True, False], ids=["with statistics", "without"])
def test_no_filter_leads_to_the_patents_of_others(session: Session, make: Make, known: bool) -> None:
    firm = make.enterprise()
    patent = make.patent(holders=[firm])
    row = {column.key: getattr(patent, column.key) for column in Patent.__table__.columns}
    others = [{"id": n, "application_number": f"x{n}", "publication_root": f"y{n}"} for n in range(500, 900)]
    session.execute(insert(Patent), [row | other for other in others])
    if known:
        session.execute(text("ANALYZE"))
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    for wanted in (PatentFilter(), PatentFilter(Validity.VALID, row["kind"]), PatentFilter(burden="free")):
        firm_patents_page(session, firm.id, wanted, on=TODAY)
    patent_facets(session, firm.id)
    firm_fee_outlook(session, firm.id, on=TODAY)
    event.remove(session.get_bind(), "before_cursor_execute", note)
    asked = [each for each in sent if " patent " in " ".join(each[0].split())]
    assert len(asked) > 8
    for statement, parameters in asked:
        plan = _plan(session, statement, parameters)
        if is_sqlite(session):
            assert "ix_patent_validity_kind" not in plan, statement
            assert not [step for step in plan.splitlines() if f"{step} ".startswith("SCAN patent ")], (
                statement
            )
        assert "Seq Scan on patent " not in plan, statement


def _plan(session: Session, statement: str, parameters: Any) -> str:
    connection = session.connection()
    if is_sqlite(session):
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(row[3] for row in rows)
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
