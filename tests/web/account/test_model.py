"""How scores are made: told to everybody who is scored or reads scores, as a page and as a paper."""

from __future__ import annotations

import pytest

from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proof import pdf_text, squeezed
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.whitelist.service import found_card


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.BANK, Role.ENTERPRISE, Role.AGENCY])
def test_everybody_whom_it_concerns_reads_the_card_in_force(client, make, role) -> None:
    visitor = client.sign_in(make.user(role))
    assert "还没有启用的评分卡" in visitor.get("/model/").text
    found_card(make.session, make.actor(Role.CITY_OFFICER), on=today_in_china())
    make.session.commit()
    page = visitor.get("/model/").text
    assert "同类被引强度" in page
    assert "0→0 · 1→40 · 3→65 · 8→85 · 20→100" in page
    assert 'href="/model/"' in visitor.get("/model/").text


def test_the_book_holds_every_indicator_and_the_digest(client, make, session, settings) -> None:
    visitor = client.sign_in(make.user(Role.AUDITOR))
    assert visitor.post("/model/book").status_code == 409
    version = found_card(make.session, make.actor(Role.CITY_OFFICER), on=today_in_china())
    make.session.commit()
    assert visitor.post("/model/book").status_code == 303
    made = session.query(Document).filter_by(kind=DocumentKind.MODEL_BOOK).one()
    text = squeezed(pdf_text((settings.issued_dir / made.stored_name).read_bytes()))
    for words in (
        "L1有效专利存量",
        "C4质押融资记录",
        "企业未申报",
        "专家评分卡，不是违约概率",
        version.sha256,
    ):
        assert words in text
