"""The printed directory: every cell is in it, on as many pages as it takes."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ipfin.documents.drawn_rows import DrawnRows
from ipfin.documents.letter import Verification
from ipfin.documents.listing_pdf import Listing, ListingColumn, ListingReceipt, write_listing
from ipfin.documents.proof import fonts_check, page_count, pdf_text, squeezed
from ipfin.kernel.text import _
from tests.font_cache import FONT_CACHE
from tests.unit.documents.printing import CHECK, MARKUP, RARE

COLUMNS = [
    ListingColumn("序号", 0.5, "center"),
    ListingColumn("企业名称", 3),
    ListingColumn("有效专利", 1, "right"),
]


def printed(rows: Sequence[Sequence[object]], **overrides: Any) -> tuple[bytes, ListingReceipt]:
    values: dict[str, Any] = {"title": "名录", "columns": COLUMNS, "rows": rows}
    target = io.BytesIO()
    receipt = write_listing(target, Listing(**values | overrides), font_cache=FONT_CACHE)
    return target.getvalue(), receipt


def test_every_cell_is_printed_embedded_and_found_by_a_search() -> None:
    rows = [[n, f"安阳{RARE}第{n}号股份有限公司", n * 7] for n in range(1, 121)]

    content, receipt = printed(rows)

    text = squeezed(pdf_text(content))
    assert fonts_check(content).is_sound
    assert receipt == ListingReceipt(120, page_count(content), ())
    assert [n for n in range(1, 121) if f"{n}安阳{RARE}第{n}号股份有限公司{n * 7}" not in text] == []


@pytest.mark.parametrize("payload", MARKUP)
def test_markup_in_a_cell_is_printed_as_it_was_typed(payload: str) -> None:
    content, _receipt = printed([[1, f"某某{payload}公司", payload]])
    assert squeezed(f"某某{payload}公司{payload}") in squeezed(pdf_text(content))


def test_title_block_foot_and_watermark_are_printed() -> None:
    content, receipt = printed(
        [[n, "某某公司", 1] for n in range(90)],
        title="安阳市专利企业名录",
        organ="安阳市知识产权局",
        number="安知〔2026〕3号",
        facts=[("期号", "第3期"), ("数据截至", "2026年9月30日"), ("收录企业", "90家"), ("专利", "100件")],
        notes=["仅供内部使用。"],
        watermark="某某银行·张三·WM-7",
        verification=CHECK,
        synthetic=True,
    )

    pages = [squeezed(page) for page in pdf_text(content).split("\f")]

    assert len(pages) == receipt.pages == page_count(content) >= 3
    for part in ("安阳市知识产权局", "期号第3期", "数据截至2026年9月30日", "专利100件", "仅供内部使用。"):
        assert part in pages[0]
    for number, page in enumerate(pages, start=1):
        assert "序号企业名称有效专利" in page
        assert page.count("某某银行·张三·WM-7") == 7
        assert f"安知〔2026〕3号·{CHECK.code}·核验：{CHECK.url}" in page
        assert f"{number}/{receipt.pages}" in page
        assert "演示数据" in page


def test_a_directory_without_rows_still_has_its_head() -> None:
    content, receipt = printed([])
    assert receipt == ListingReceipt(0, 1, ())
    assert "企业名称" in squeezed(pdf_text(content))


def test_a_row_taller_than_a_page_goes_on_over_the_page_and_loses_nothing() -> None:
    long = "".join(f"第{n}件专利；" for n in range(1, 1200))

    content, receipt = printed([[1, "前", 1], [2, long, 2], [3, "后", 3]])

    assert receipt.pages >= 3
    text = squeezed(pdf_text(content))
    assert [n for n in range(1, 1200) if f"第{n}件专利" not in text.replace("序号企业名称有效专利", "")][
        5:
    ] == []
    assert "3后3" in text


def test_a_character_that_no_font_has_is_marked_reported_and_said() -> None:
    content, receipt = printed([[1, "某\ue000公司", "\U00031350"]], title="名录\ue000")

    text = squeezed(pdf_text(content))
    assert receipt.replaced == ("\ue000", "\U00031350")
    assert "某〓公司〓" in text
    assert "名录〓" in text
    assert "有2个字符不在字库中" in text
    assert fonts_check(content).is_sound


@pytest.mark.parametrize(
    "text", ["a\x00\x0b\u200b\ufeffb", "a\tb", "a\u00a0b", "a\nb", "a\r\nb", "a\u2028b", "a\x85b"]
)
def test_control_characters_and_line_ends_leave_no_box(text: str) -> None:
    content, _receipt = printed([[1, text, 2]])
    assert fonts_check(content).is_sound
    assert "1ab2" in squeezed(pdf_text(content))


def test_unknown_is_an_empty_cell_and_sentences_are_spoken() -> None:
    content, _receipt = printed([[None, _("共%(n)s件", n=3), None]])
    assert "共3件" in squeezed(pdf_text(content))
    assert "None" not in pdf_text(content)


def test_a_row_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        printed([[1, "甲"]])


def test_the_same_directory_gives_the_same_bytes() -> None:
    rows = [[1, "某某公司", 2]]
    assert printed(rows)[0] == printed(rows)[0]


def test_a_portrait_directory_is_a4_upright(tmp_path: Path) -> None:
    from pypdf import PdfReader

    target = tmp_path / "名录.pdf"
    write_listing(target, Listing("名录", COLUMNS, [[1, "甲", 2]], landscape=False), font_cache=FONT_CACHE)
    box = PdfReader(target).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)


def test_a_long_address_and_a_long_watermark_make_no_second_page() -> None:
    check = Verification("X" * 20, "https://ip.example.cn/" + "v" * 120)
    _content, receipt = printed([[1, "甲", 2]], verification=check, watermark="某某银行" * 20)
    assert receipt.pages == 1


def test_memory_does_not_grow_with_the_rows_but_by_their_finished_pages() -> None:
    def rows(count: int) -> Iterator[list[object]]:
        for number in range(count):
            yield [number, f"安阳市第{number}号新能源材料科技股份有限公司", number % 40]

    printed([[1, "甲", 2]])  # fonts are loaded once
    peaks = []
    for count in (200, 1_400):
        tracemalloc.start()
        content, _receipt = printed(rows(count))  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 1_200 * 800, "bytes that a row leaves behind"
    assert len(content) < 400_000


# --- Copies that share their rows ---------------------------------------------------------------------


def test_a_further_copy_says_the_same_as_one_that_was_drawn_alone(tmp_path: Path) -> None:
    rows = [[str(n), f"样例{n}机械有限公司", n] for n in range(90)]
    rows[40][1] = "很长" * 900  # taller than a page: drawn in parts each time
    own = [list(row) for row in rows]
    own[7][1], own[41][1] = "只在本份中的名称", "䶮字有限公司"
    with DrawnRows() as drawn:
        for name, some in (("first", rows), ("second", own), ("third", rows)):
            listing = Listing("名录", COLUMNS, some, watermark=f"{name} 示例银行")
            shared, alone = tmp_path / f"{name}.pdf", tmp_path / f"{name}-alone.pdf"
            receipt = write_listing(shared, listing, font_cache=FONT_CACHE, drawn=drawn)
            assert receipt == write_listing(alone, listing, font_cache=FONT_CACHE)
            assert pdf_text(shared.read_bytes()) == pdf_text(alone.read_bytes())


def test_other_columns_are_drawn_anew(tmp_path: Path) -> None:
    with DrawnRows() as drawn:
        for columns, row in ((COLUMNS, ["1", "样例", 2]), (COLUMNS[:2], ["1", "样例"])):
            target = tmp_path / f"{len(columns)}.pdf"
            write_listing(target, Listing("名录", columns, [row]), font_cache=FONT_CACHE, drawn=drawn)
        assert drawn.take(["1", "样例"]) is None, "nothing is taken while the first copy is drawn"
