"""The words of finished documents, kept beside the test: a change of wording is seen before it is sent.

When a change is meant, put what the test shows into the file.
"""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ipfin.accounts.scopes import ScoreDetail
from ipfin.documents import papers
from ipfin.documents.letter import letter_job
from ipfin.documents.listing_pdf import Listing, ListingColumn, write_listing
from ipfin.documents.pdf import PdfJob, render_many
from ipfin.documents.proof import fonts_check, pdf_text
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.score_paper import paper_parts
from ipfin.whitelist.score_view import score_view
from ipfin.whitelist.scoring import score
from tests.font_cache import FONT_CACHE
from tests.unit.documents import printing
from tests.unit.whitelist.scoring_cases import firm_a, told_of_firm_a

FOLDER = Path(__file__).parent / "documents"


def _jobs() -> dict[str, PdfJob]:
    letter = printing.letter(
        attachments=["名录", "说明"],
        copies_to="某某分局",
        contact="联系人：王芳",
        verification=printing.CHECK,
    )
    sheet = papers.SignInSheet(
        printing.EVENT, [papers.Attendee("安阳某某有限公司", "王芳", "经理", "1234", "3")], 1
    )
    wall = papers.WallChart(printing.EVENT, [("1", "中原银行")], [("9:00—9:20", ["安阳某某有限公司"])])
    return {
        "letter": letter_job(letter),
        "agenda": papers.agenda_job(
            printing.agenda(verification=printing.CHECK, notices=["请提前10分钟签到。"])
        ),
        "event_wall": papers.wall_chart_job(wall),
        "sign_in_sheet": papers.sign_in_job(sheet),
        "score_sheet": papers.score_sheet_job(printing.score_sheet(watermark="")),
        "score_of_firm_a": papers.score_sheet_job(printing.score_sheet(watermark="", **_firm_a())),
        "enterprise_profile": papers.enterprise_profile_job(printing.profile(watermark="")),
    }


def _firm_a() -> dict[str, Any]:
    """Return the worked example of the rules, as the firm itself reads it."""
    sheet = score(firm_a(), default_card(), data_as_of=date(2026, 3, 5), inputs={})
    return paper_parts(score_view(sheet, default_card(), ScoreDetail.OWN_SUMMARY))


@pytest.fixture(scope="module")
def finished() -> dict[str, bytes]:
    jobs = _jobs()
    documents = dict(zip(jobs, render_many(jobs.values()), strict=True))
    target = io.BytesIO()
    columns = [ListingColumn("企业名称", 3), ListingColumn("有效专利", 1, "right")]
    rows = [["安阳某某有限公司", 12], ["河南祎堃新材料有限公司", 3]]
    facts = [("期号", "2026年第三季度"), ("数据截至", "2026年9月30日")]
    listing = Listing(
        "专利企业名录", columns, rows, "知识产权局", "安知〔2026〕3号", facts, verification=printing.CHECK
    )
    write_listing(target, listing, font_cache=FONT_CACHE)
    return documents | {"listing": target.getvalue()}


@pytest.mark.parametrize("name", [*_jobs(), "listing"])
def test_a_document_says_what_it_said(finished: dict[str, bytes], name: str) -> None:
    found = pdf_text(finished[name])

    assert found.strip() == (FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip()
    assert fonts_check(finished[name]).is_sound
    assert len(finished[name]) < 400_000


def test_the_worked_example_says_the_same_on_paper_and_in_the_command(finished: dict[str, bytes]) -> None:
    """Its page is looked at in tests/web/enterprise/test_own_pages.py."""
    command = json.loads((FOLDER.parent / "score" / "firm_a.sheet.json").read_text("utf-8"))
    assert (command["graded_score"], command["grade"]) == (69.6825, "B")
    assert [reason["code"] for reason in command["reasons"]] == ["M2", "C4", "M3", "T1"]
    assert told_of_firm_a(pdf_text(finished["score_of_firm_a"]))
