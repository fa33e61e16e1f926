"""Taking an issued document: the organisation it is for, and the office whose own it is."""

from __future__ import annotations

import io

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.consent.queries import closed_since
from ipfin.documents.queries import visible_document
from ipfin.documents.service import note_download, read_document
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.signing_in import actor, settings

bp = Blueprint("account_files", __name__, url_prefix="/files")


@bp.route("/<code>")
@open_to(P.ACCOUNT_DOCUMENTS_READ)
def download(code: str) -> ResponseReturnValue:
    """Hand out the document under its own name, and note who took it."""
    document = visible_document(current_session(), actor(), code)
    closed = closed_since(current_session(), document.verify_code, on=today_in_china())
    if closed:
        raise Conflict(
            _(
                "文件中有%(count)s家企业已撤回授权或授权到期，不能再下载。导出的名单可以重新导出；"
                "名录请使用下一期，或联系主管部门。",
                count=closed,
            )
        )
    content = read_document(document, settings().issued_dir)
    filename, media_type = document.filename, document.media_type
    with unit_of_work() as session:
        note_download(session, actor(), document)
    answer = send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=filename)
    # Should a browser show it all the same, it shows it without any power.
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
