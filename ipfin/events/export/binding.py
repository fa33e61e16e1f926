"""Finished papers put together: several PDFs as one to be printed, and files as one ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PdfReader


def opened(paper: bytes) -> PdfReader:
    """Return a PDF to be put together with others, as often as wanted: reading it is what takes time."""
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(paper))


def merged(papers: Sequence[PdfReader]) -> bytes:
    """Return PDFs one after the other as one, for a single click on print."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for paper in papers:
        writer.append(paper, import_outline=False)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files by name as a ZIP."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content, compresslevel=1)  # a PDF or a workbook is packed already
    return target.getvalue()


def numbered(papers: Sequence[tuple[str, bytes]], folder: str) -> dict[str, bytes]:
    """Return papers by their names in a folder, each with its place before it: namesakes keep their own."""
    return {f"{folder}/{place:03d}_{name}": page for place, (name, page) in enumerate(papers, start=1)}
