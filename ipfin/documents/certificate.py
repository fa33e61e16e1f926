"""The certificate of a training (培训证书), one page to be framed or filed.

Decides what stands on it and in which order; who gets one is decided by the events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ipfin.documents.letter import Verification
from ipfin.documents.pdf import PdfJob
from ipfin.kernel.text import SOURCE_LOCALE


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whose it is and for what: `person` of `holder` attended `title` on `held_on`, `hours` long."""

    number: str
    person: str
    holder: str
    title: str
    held_on: date
    hours: str
    organiser: str
    on: date
    verification: Verification
    synthetic: bool = False


def certificate_job(certificate: Certificate, *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return the certificate as a document to be set."""
    return PdfJob("documents/certificate.html", {"certificate": certificate}, locale, certificate.title)
