"""Files of events: read within bounds, handed out as attachments without any power."""

from __future__ import annotations

import io

from flask import Response, send_file
from werkzeug.datastructures import FileStorage

from ipfin.documents.service import read_document
from ipfin.events.materials import LARGEST_MB, MaterialFile, material_from
from ipfin.events.models import EventMaterial
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.web.office.uploads import shown_name
from ipfin.web.signing_in import settings


def read_material(file: FileStorage | None) -> MaterialFile:
    """Return what was uploaded, at most one byte more than is taken.

    Raises:
        BadInput: no file, an empty one, one too large or of no kind that is taken.
    """
    name = shown_name(file.filename or "") if file is not None else ""
    if file is None or not name:
        raise BadInput(_("请选择要上传的文件。"), field="file")
    return material_from(name, file.stream.read((LARGEST_MB << 20) + 1))


def handed_out(material: EventMaterial) -> Response:
    """Return a file of an event as an attachment; should a browser show it, it shows it without any power."""
    document = material.document
    content = read_document(document, settings().issued_dir)
    answer = send_file(
        io.BytesIO(content),
        mimetype=document.media_type,
        as_attachment=True,
        download_name=document.filename,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
