"""The factory of rows, with what a page needs beside the row: the bytes of a document."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ipfin.accounts.policy import VISITOR
from ipfin.config import Settings
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proofs import Proof
from ipfin.documents.service import issue_document
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.whitelist.models import RoundObjection
from ipfin.whitelist.notice import ObjectionWords
from ipfin.whitelist.service import file_objection
from tests.factories import Make


class WebMake(Make):
    """Makes rows for the application with these settings."""

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__(session)
        self.settings = settings

    def sealed_objection(self) -> RoundObjection:
        """Have somebody object to a round under notice, with evidence and a contact that can be opened."""
        return file_objection(
            self.session,
            VISITOR,
            self.noticed_round(today_in_china()),
            ObjectionWords("样例市民", "037200000003", "样例异议的事实和理由。"),
            enterprise_id=None,
            evidence=Proof("证明.pdf", "application/pdf", b"%PDF-1.7 sample"),
            on=today_in_china(),
            directory=self.settings.issued_dir,
            settings=self.settings,
        )

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
