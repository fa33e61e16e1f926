"""Which characters can be printed, and with what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from reportlab.pdfbase import pdfmetrics

from ipfin.documents import fonts
from ipfin.documents.truetype import FontMissing, common_characters, printable_font
from tests.unit.documents.printing import RARE

REGULAR = fonts.REGULAR_FILES[fonts.SANS]
LATIN = frozenset(range(0x20, 0x7F))


def codes(text: str) -> set[int]:
    return {ord(c) for c in text}


@pytest.mark.parametrize("text", ["", "安阳市（2026）", RARE, "①㎡℃½é〔〕—…·", "a\u200bb\ufeff\ufe00\n\t"])
def test_what_the_fonts_have_or_nobody_sees_is_left_as_it_is(text: str) -> None:
    assert fonts.show_missing(text) == (text, ())


def test_what_no_font_has_is_shown_as_a_mark_once_for_each_character() -> None:
    assert fonts.show_missing("某\ue001某\ue000\ue000") == ("某〓某〓〓", ("\ue000", "\ue001"))


@pytest.mark.parametrize("family", [fonts.SANS, fonts.SERIF])
def test_the_characters_taken_for_granted_are_in_both_faces(family: str) -> None:
    path = fonts.find_font(fonts.REGULAR_FILES[family])
    assert path is not None
    with fonts.open_simplified(path) as face:
        held = set(face.getBestCmap())
        assert face["name"].getDebugName(1) == family
    taken = {c for first, last in fonts._CERTAIN for c in range(first, last + 1)}
    assert taken - held == set()


def test_invisible_characters_are_dropped_for_a_printer_that_would_draw_them() -> None:
    assert fonts.drop_invisible("安\u200b阳\ufe0f\U000e0100\ufeff市\n") == "安阳市\n"


def test_a_document_in_stand_in_faces_does_not_pass_for_the_standard_s() -> None:
    stand_ins = ["ABCDEF+Noto-Serif-CJK-SC", "ABCDEF+Noto-Sans-CJK-SC"]
    licensed = ["AAAAAA+FZXiaoBiaoSong-B05S", "BBBBBB+FangSong_GB2312", "CCCCCC+KaiTi_GB2312"]
    assert fonts.missing_roles(stand_ins) == (fonts.TITLE, fonts.BODY, fonts.SUBHEADING)
    assert fonts.missing_roles(licensed) == ()


def test_the_style_sheet_asks_for_the_faces_of_the_standard_in_their_order() -> None:
    sheet = (Path(fonts.__file__).parents[2] / "static/css/document.css").read_text(encoding="utf-8")
    for role in (fonts.TITLE, fonts.BODY):
        assert ", ".join(f'"{f}"' for f in (*role.wanted, role.stand_in)) in sheet


def test_an_office_s_own_fonts_are_offered_by_their_family_names(tmp_path: Path) -> None:
    printable_font(REGULAR, codes("安"), tmp_path, base=frozenset())

    rules = fonts.font_faces(tmp_path)

    assert 'font-family:"Noto Sans CJK SC' in rules
    assert tmp_path.resolve().as_uri() in rules
    assert fonts.font_faces(None) == fonts.font_faces(tmp_path / "absent") == ""


def test_the_common_characters_are_the_3755_ideographs_and_682_signs_of_the_standard() -> None:
    ideographs = {c for c in common_characters() if 0x4E00 <= c <= 0x9FFF}
    assert len(ideographs) == 3755
    assert len(common_characters() - ideographs - LATIN) == 682


def test_a_converted_font_has_what_was_asked_for_with_the_widths_of_the_original(tmp_path: Path) -> None:
    font = printable_font(REGULAR, codes(f"安阳{RARE}"), tmp_path, base=LATIN)

    assert codes(f"安阳{RARE}") | LATIN <= set(font.face.charToGlyph)
    assert font.stringWidth("安阳", 10) == pytest.approx(20)
    assert font.stringWidth("i", 1000) == 275


def test_a_font_that_lacks_a_character_grows_by_it_and_one_that_has_all_is_kept(tmp_path: Path) -> None:
    first = printable_font(REGULAR, codes("安"), tmp_path, base=LATIN)
    again = printable_font(REGULAR, codes("A"), tmp_path, base=LATIN)
    grown = printable_font(REGULAR, codes("阳"), tmp_path, base=LATIN)

    assert again is first
    assert codes("安阳A") <= set(grown.face.charToGlyph)
    assert _outline(tmp_path, grown, "安") == _outline(tmp_path, first, "安")
    assert not list(tmp_path.glob("*.part"))


def _outline(folder: Path, font: Any, letter: str) -> Any:
    with TTFont(folder / f"{font.fontName}.ttf") as face:
        glyphs = face["glyf"]
        return glyphs[face.getBestCmap()[ord(letter)]].getCoordinates(glyphs)


def test_a_character_that_the_face_has_not_does_not_make_the_font_anew(tmp_path: Path) -> None:
    first = printable_font(REGULAR, codes("安"), tmp_path, base=LATIN)
    assert printable_font(REGULAR, codes("安\ue000"), tmp_path, base=LATIN) is first


def test_old_font_files_do_not_pile_up(tmp_path: Path) -> None:
    for letter in "安阳市企业名录":
        printable_font(REGULAR, codes(letter), tmp_path, base=frozenset())
    assert len(list(tmp_path.glob("*.ttf"))) <= 4
    names = pdfmetrics.getRegisteredFontNames()
    assert len([name for name in names if name.startswith("NotoSansCJK-Regular")]) <= 3


def test_a_missing_font_is_named_with_the_package_that_has_it(tmp_path: Path) -> None:
    with pytest.raises(FontMissing, match=r"NotAFont\.ttc.*fonts-noto-cjk"):
        printable_font("NotAFont.ttc", codes("安"), tmp_path, base=frozenset())
