"""Files of an event (会议资料): which are taken, told by their content, and who may take them. Pure.

Decides kinds, sizes and numbers, and who reads what. Where a file is kept is decided by `documents`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

LARGEST_MB: Final = 20
MOST_MATERIALS: Final = 20  # of one event
LONGEST_TITLE: Final = 120
_MOST_PARTS: Final = 5_000  # of an Office file; a deck of 300 slides has some 2,000
_MOST_UNPACKED: Final = 500 << 20  # bytes that the parts say they have; a deck of photographs has some 100 MB
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_FLAT: Final = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)
# The part that each kind of Office file is about (ECMA-376).
_PARTS: Final = {
    "word/document.xml": (f"{_OFFICE}wordprocessingml.document", ".docx"),
    "ppt/presentation.xml": (f"{_OFFICE}presentationml.presentation", ".pptx"),
    "xl/workbook.xml": (f"{_OFFICE}spreadsheetml.sheet", ".xlsx"),
}
_OTHER_ENDINGS: Final = {".jpg": (".jpg", ".jpeg")}


class Audience(StrEnum):
    """Who may take a file."""

    EVERYBODY = "everybody"  # 所有人
    REGISTERED = "registered"  # 已确认参会的
    ATTENDED = "attended"  # 签到后


AUDIENCE_LABELS: Mapping[Audience, Text] = {
    Audience.EVERYBODY: _("所有人（公开页面）"),
    Audience.REGISTERED: _("已确认参会的单位"),
    Audience.ATTENDED: _("签到后的单位"),
}


@dataclass(frozen=True, slots=True)
class MaterialFile:
    """A file whose kind was told by its content; its name has the ending of its kind."""

    filename: str
    media_type: str
    content: bytes


def open_to(*, is_confirmed: bool, was_there: bool) -> frozenset[Audience]:
    """Return what a participant may take."""
    found = {Audience.EVERYBODY}
    if is_confirmed:
        found.add(Audience.REGISTERED)
        if was_there:
            found.add(Audience.ATTENDED)
    return frozenset(found)


def material_from(name: str, content: bytes) -> MaterialFile:
    """Return the file that something uploaded is.

    Raises:
        BadInput: nothing, too large, of no kind that is taken, with a password or with macros.
    """
    if not content:
        raise BadInput(_("文件是空的，请检查后重新上传。"), field="file")
    if len(content) > LARGEST_MB << 20:
        raise BadInput(_("每份资料不超过%(most)s MB，请压缩图片或分成几份。", most=LARGEST_MB), field="file")
    media_type, suffix = _kind_of(content)
    if not media_type:
        raise BadInput(
            _(
                "“%(name)s”不是PDF、Word（docx）、PPT（pptx）、Excel（xlsx）、JPG或PNG文件，"
                "或设有打开密码；请另存为其中一种后上传。",
                name=name,
            ),
            field="file",
        )
    endings = _OTHER_ENDINGS.get(suffix, (suffix,))
    return MaterialFile(name if name.lower().endswith(endings) else f"{name}{suffix}", media_type, content)


def _kind_of(content: bytes) -> tuple[str, str]:
    for mark, media_type, suffix in _FLAT:
        if content.startswith(mark):
            return media_type, suffix
    return _office_kind(content) if content.startswith(b"PK\x03\x04") else ("", "")


def _office_kind(content: bytes) -> tuple[str, str]:
    """Return the kind of an Office file by the names of its parts; nothing in it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return "", ""
    if sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise BadInput(_("文件解压后过大，可能损坏或有害，请另存后重新上传。"), field="file")
    names = [part.filename for part in parts]
    if len(names) > _MOST_PARTS or "[Content_Types].xml" not in names:
        return "", ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise BadInput(_("文件含有宏，不能作为资料发布；请另存为不含宏的格式后上传。"), field="file")
    found = [kind for part, kind in _PARTS.items() if part in names]
    return found[0] if len(found) == 1 else ("", "")


def checked_title(title: str, filename: str) -> str:
    """Return what a file is called in lists: what was typed, else its name without the ending.

    Raises:
        BadInput: too long.
    """
    said = " ".join(title.split()) or filename.rpartition(".")[0] or filename
    if len(title.strip()) > LONGEST_TITLE:
        raise BadInput(_("资料名称请不超过%(most)d字。", most=LONGEST_TITLE), field="title")
    return said[:LONGEST_TITLE]


def require_room(count: int) -> None:
    """Refuse one file more than an event may have; `count` are there already.

    Raises:
        BadInput: it has as many as it may have.
    """
    if count >= MOST_MATERIALS:
        raise BadInput(_("一场活动最多%(most)d份资料，请先删除不用的。", most=MOST_MATERIALS), field="file")
