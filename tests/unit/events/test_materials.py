"""Files of an event: told by their content, bounded, and open to whom they are for."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.events.materials import (
    LARGEST_MB,
    MOST_MATERIALS,
    Audience,
    checked_title,
    material_from,
    open_to,
    require_room,
)
from ipfin.kernel.errors import BadInput

CHINESE = re.compile("[\u4e00-\u9fff]")


def packed(*names: str) -> bytes:
    """Return an archive with these empty parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return target.getvalue()


TYPES = "[Content_Types].xml"


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"%PDF-1.7 sample", "pdf"),
        (b"\x89PNG\r\n\x1a\n sample", "png"),
        (b"\xff\xd8\xff\xe0 sample", "jpg"),
        (packed(TYPES, "word/document.xml"), "docx"),
        (packed(TYPES, "ppt/presentation.xml"), "pptx"),
        (packed(TYPES, "xl/workbook.xml"), "xlsx"),
    ],
    ids=["pdf", "png", "jpg", "docx", "pptx", "xlsx"],
)
def test_a_file_is_what_its_content_says_and_is_named_so(content: bytes, ending: str) -> None:
    assert material_from("讲义", content).filename == f"讲义.{ending}"
    assert material_from(f"讲义.{ending.upper()}", content).filename == f"讲义.{ending.upper()}"
    assert material_from("讲义.exe", content).filename == f"讲义.exe.{ending}"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain words",
        b"<html><script>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # old Office, and Office with a password
        packed("word/document.xml"),
        packed(TYPES),
        packed(TYPES, "word/document.xml", "xl/workbook.xml"),
        packed(TYPES, "word/document.xml", "word/vbaProject.bin"),
        packed(TYPES, "word/document.xml")[:60],
        packed(TYPES, "word/document.xml", *(f"part{number}" for number in range(5000))),
    ],
    # Not by their bytes: a ZIP holds the time at which it was made.
    ids=[
        "empty",
        "words",
        "a page",
        "old Office",
        "no list of types",
        "only a list of types",
        "two at once",
        "macros",
        "cut off",
        "many parts",
    ],
)
def test_what_is_none_of_them_or_holds_macros_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        material_from("讲义.docx", content)


def test_a_file_has_its_largest_size() -> None:
    most = LARGEST_MB << 20
    assert material_from("图", b"%PDF-".ljust(most)).content
    with pytest.raises(BadInput):
        material_from("图", b"%PDF-".ljust(most + 1))


def test_an_event_has_its_most_files() -> None:
    require_room(MOST_MATERIALS - 1)
    with pytest.raises(BadInput):
        require_room(MOST_MATERIALS)


def test_a_file_is_called_as_typed_else_by_its_name() -> None:
    assert checked_title("  会议  讲义 ", "1.pdf") == "会议 讲义"
    assert checked_title("", "讲义.v2.pdf") == "讲义.v2"
    assert len(checked_title("字" * 120, "1.pdf")) == 120
    with pytest.raises(BadInput):
        checked_title("字" * 121, "1.pdf")


def test_more_is_open_to_who_is_confirmed_and_most_to_who_came() -> None:
    assert open_to(is_confirmed=False, was_there=True) == {Audience.EVERYBODY}
    assert open_to(is_confirmed=True, was_there=False) == {Audience.EVERYBODY, Audience.REGISTERED}
    assert open_to(is_confirmed=True, was_there=True) == set(Audience)


def test_what_is_harmless_packed_and_huge_unpacked_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TYPES, "")
        archive.writestr("word/document.xml", "")
    honest = target.getvalue()
    assert material_from("讲义", honest).filename == "讲义.docx"
    # The directory at the end says how large the last part is once unpacked; nothing unpacks it to find out.
    at = honest.rindex(b"PK\x01\x02") + 24
    for size, is_taken in ((500 << 20, True), ((500 << 20) + 1, False)):
        said = honest[:at] + size.to_bytes(4, "little") + honest[at + 4 :]
        with contextlib.nullcontext() if is_taken else pytest.raises(BadInput, match="解压后过大"):
            material_from("讲义", said)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_office_file_is_taken_or_refused_in_words(data: st.DataObject) -> None:
    content = bytearray(packed(TYPES, "ppt/presentation.xml"))
    for _turn in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    said = bytes(content[: data.draw(st.integers(4, len(content)))])
    refused: list[str] = []
    try:
        taken = material_from("讲义", said)
    except BadInput as problem:
        refused.append(str(problem))
    else:
        assert (taken.filename, taken.content) == ("讲义.pptx", said), "as it was handed in, by what it holds"
    assert all(map(CHINESE.search, refused)), "a sentence, not an error of the library"
