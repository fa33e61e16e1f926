"""The certificate of a timetable as a paper that can be checked: what was reached, by whom, from what.

Decides for whom it is issued and what becomes void with it; what it says is decided in `proof_lines`.
"""

from __future__ import annotations

from typing import Any

from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.papers import timetable_proof_job
from ipfin.documents.service import new_verify_code
from ipfin.documents.typesetters import lent_typesetter
from ipfin.events.export.filing import MadeFile, file_away, verification
from ipfin.events.export.papers import event_head
from ipfin.events.models import Event, EventTimetable
from ipfin.events.proof_lines import Proof, proof_of
from ipfin.events.queries import timetable_by_number
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate


def issue_proof(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    event_id: int,
    number: int,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue the certificate of one version of an event's timetable as a PDF.

    Raises:
        NotFound: the event has no such version.
        Conflict: that version was kept without a certificate.
    """
    with read() as session:
        event = session.get_one(Event, event_id)
        timetable = timetable_by_number(session, event_id, number)
        if not timetable.certificate:
            raise Conflict(_("这一版排期没有保存证明。"))
        proof = _in_words(timetable, locale)
        head = event_head(event, settings, timetable=timetable, locale=locale)
    code = new_verify_code()
    check = verification(settings.public_url, code)
    with lent_typesetter() as typesetter:
        content = typesetter.render(timetable_proof_job(head, proof, check, locale=locale)).content
    made = MadeFile(
        DocumentKind.TIMETABLE_PROOF,
        _("第%(number)s版排期证明", number=number),
        ".pdf",
        content,
        f"timetable:{timetable.id}:proof",
        code=code,
    )
    with work() as session:
        event = session.get_one(Event, event_id)
        return file_away(session, actor, event, made, directory=settings.issued_dir)


def _in_words(timetable: EventTimetable, locale: str) -> dict[str, Any]:
    """Return the certificate as plain values in the reader's language."""
    proof: Proof = proof_of(timetable.certificate, timetable.inputs_hash)

    def said(text: Text) -> str:
        return translate(text, locale)

    made = _("%(by)s，%(at)s", by=timetable.made_by, at=f"{in_china(timetable.made_at):%Y-%m-%d %H:%M}")
    found = [(said(label), said(value)) for label, value in [*proof.found, (_("生成"), made)]]
    return {
        "number": timetable.number,
        "verdict": said(proof.verdict),
        "reached": [(said(label), said(value)) for label, value in proof.reached],
        "found": found,
        "unserved": [said(one) for one in proof.unserved],
        "left_out": [(said(reason), pairs) for reason, pairs in proof.left_out],
    }
