"""The index by which enterprises are found follows every change of their names."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.db import begin_writing, is_sqlite
from ipfin.registry.models import Enterprise
from ipfin.registry.search import spaced
from tests.factories import Make

SQLITE = text("SELECT rowid FROM enterprise_fts WHERE enterprise_fts MATCH :words ORDER BY rowid")
POSTGRESQL = text(
    "SELECT id FROM enterprise WHERE to_tsvector('simple', search_text)"
    " @@ phraseto_tsquery('simple', :words) ORDER BY id"
)


def found(session: Session, words: str) -> list[int]:
    phrase = spaced(words)
    if is_sqlite(session):
        return list(session.scalars(SQLITE, {"words": f'"{phrase}"'}))
    return list(session.scalars(POSTGRESQL, {"words": phrase}))


@pytest.mark.parametrize("words", ["渠", "旗渠", "红旗渠", "渠机械"])
def test_a_firm_is_found_by_any_part_of_its_name(session: Session, make: Make, words: str) -> None:
    make.noise()
    firm = make.enterprise(name="样例红旗渠机械有限公司")
    assert found(session, words) == [firm.id]


def test_characters_that_do_not_stand_together_are_not_found(session: Session, make: Make) -> None:
    make.enterprise(name="样例红旗渠机械有限公司")
    assert found(session, "红渠") == []


def test_a_new_name_is_found_and_the_old_one_is_not(session: Session, make: Make) -> None:
    firm = make.enterprise(search_text=spaced("旧名机械"))
    firm.search_text = spaced("新名机械")
    session.flush()
    assert (found(session, "旧名"), found(session, "新名")) == ([], [firm.id])


def test_a_firm_that_was_deleted_is_not_found(session: Session, make: Make) -> None:
    firm = make.enterprise(search_text=spaced("短命机械"))
    session.delete(firm)
    session.flush()
    assert found(session, "短命") == []


def test_the_index_is_built_for_rows_that_were_there_before(engine: Engine) -> None:
    schema.downgrade(engine, "002")
    with Session(engine) as session:
        begin_writing(session)
        firm_id = Make(session).enterprise(search_text=spaced("早先机械")).id
        session.commit()
    schema.upgrade(engine)
    with Session(engine) as session:
        assert found(session, "早先") == [firm_id]
        assert session.get_one(Enterprise, firm_id).search_text == spaced("早先机械")
