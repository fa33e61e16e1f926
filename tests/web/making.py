"""The factory of rows, with what a page needs beside the row: the bytes of a document."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.service import issue_document
from ipfin.kernel.actor import Role
from tests.factories import Make


class WebMake(Make):
    """Makes rows for the application with these settings."""

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__(session)
        self.settings = settings

    def issued_document(self, organisation_id: int | None, **overrides: Any) -> Document:
        """Issue a small document for an organisation."""
        chosen: dict[str, Any] = {
            "kind": DocumentKind.DIRECTORY_SHEET,
            "title": "样例名录",
            "filename": "样例名录.xlsx",
            "content": b"PK sample bytes",
            "media_type": "application/octet-stream",
            "subject": "issue:1",
            "issued_to": "样例机构",
        }
        return issue_document(
            self.session,
            self.actor(Role.CITY_OFFICER),
            directory=self.settings.issued_dir,
            organisation_id=organisation_id,
            **{**chosen, **overrides},
        )
