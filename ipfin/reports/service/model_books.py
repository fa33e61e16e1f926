"""The model book (评分模型说明书): the scorecard in force as a paper, for everybody whom it concerns.

What is said of a card is decided in `whitelist.card_view`. The method is no secret: whoever is scored, or
uses a score, may take it away; each copy is issued and logged like every other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ipfin.accounts.policy import Permission, require
from ipfin.config import Settings
from ipfin.documents.models import DocumentKind
from ipfin.documents.pdf import PdfJob
from ipfin.documents.safety import file_name
from ipfin.documents.typesetters import lent_typesetter
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, _, listed, translate
from ipfin.reports.firm_export import MEDIA_TYPES, ExportFormat
from ipfin.reports.service.copies import Copy, copy_head, finished
from ipfin.whitelist.activation import ACTIVATION_LABELS
from ipfin.whitelist.card_view import BlockView, CardView, RowView, card_view
from ipfin.whitelist.models import CardActivation
from ipfin.whitelist.queries.cards import activation_in_force
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.service import card_of

Say = Callable[[str], str]


def make_model_book(
    session: Session,
    actor: Actor,
    scenario: Scenario,
    *,
    permission: Permission,
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make the book of the card that is in force on a day for a use.

    Raises:
        NotAllowed: the actor lacks `permission`.
        Conflict: no card is in force.
    """
    require(actor, permission)
    act = activation_in_force(session, on, scenario)
    if act is None:
        raise Conflict(_("还没有启用的评分卡。"))
    view = card_view(card_of(act.card_version))
    rows = sum(len(block.rows) for block in view.blocks)
    head = copy_head(actor, _("评分模型说明书（%(version)s版）", version=view.version), settings)
    head = replace(head, purpose=_("了解评分办法"), rows=rows, as_of=act.active_from)
    book = book_of(view, act, lambda words: translate(words, locale)) | {
        "verification": head.verification,
        "watermark": f"{head.organisation} {head.person}".strip(),
        "synthetic": False,
    }
    with lent_typesetter() as typesetter:
        job = PdfJob("documents/model_book.html", {"book": book}, locale, view.title)
        content = typesetter.render(job).content
    name = file_name(head.title, view.card_id, in_china(head.at), suffix=".pdf")
    log = {"sha256": view.sha256, "version": view.version}
    subject = f"card:{act.card_version_id}"
    media_type = MEDIA_TYPES[ExportFormat.PDF]
    return finished(head, DocumentKind.MODEL_BOOK, name, content, subject, log, media_type=media_type)


def book_of(view: CardView, act: CardActivation, say: Say) -> dict[str, Any]:
    """Return what stands in the book, every sentence in the reader's language."""
    return {
        "title": f"{say(view.title)} {view.version}",
        "scenario": say(view.scenario),
        "active_from": act.active_from,
        "kind": say(ACTIVATION_LABELS[act.kind]),
        "origin": say(view.origin),
        "method": say(view.method),
        "grades": say(listed(view.grades)),
        "refuse_below": view.refuse_below,
        "cap_below": view.cap_below,
        "missing_source": view.missing_source,
        "missing_undeclared": view.missing_undeclared,
        "sha256": view.sha256,
        "blocks": [_block(block, say) for block in view.blocks],
    }


def _block(block: BlockView, say: Say) -> dict[str, Any]:
    return {
        "label": say(block.label),
        "weight": block.weight,
        "rows": [_row(row, say) for row in block.rows],
    }


def _row(row: RowView, say: Say) -> dict[str, str]:
    said = {key: say(getattr(row, key)) for key in ("name", "unit", "source", "missing", "declare")}
    return said | {
        "code": row.code,
        "weight": row.weight,
        "provider": say(row.provider),
        "knots": row.knots,
    }
