"""Issued documents: kept privately, found by their code however it was typed, void once revoked."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.audit.queries import timeline
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.queries import document_by_code, documents_for, documents_of, tidy_code, visible_document
from ipfin.documents.service import (
    CODE_ALPHABET,
    SWEPT_AFTER,
    issue_document,
    new_verify_code,
    note_download,
    read_document,
    revoke_document,
    sweep_files,
)
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict, NotFound
from tests.factories import Make

CONTENT = b"%PDF-1.7 sample"


def issue(session: Session, directory: Path, **changes: Any) -> Document:
    values: dict[str, Any] = {
        "kind": DocumentKind.DIRECTORY_LISTING,
        "title": "授权专利企业名录第3期",
        "filename": "名录.pdf",
        "content": CONTENT,
        "media_type": "application/pdf",
        "subject": "issue:3",
        "directory": directory,
    }
    return issue_document(session, SYSTEM, **{**values, **changes})


def test_what_is_read_is_what_was_issued(session: Session, tmp_path: Path) -> None:
    document = issue(session, tmp_path / "issued", row_count=12, issued_to="样例银行")
    session.expire_all()
    assert read_document(document, tmp_path / "issued") == CONTENT
    assert (document.size_bytes, document.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    (act,) = timeline(session, [f"document:{document.id}"]).items
    assert act.sentence == "出具文件《授权专利企业名录第3期》，供样例银行使用"
    assert (act.detail["sha256"], act.detail["rows"]) == (document.sha256, 12)


@pytest.mark.parametrize(("age_seconds", "swept"), [(-1, 0), (1, 1)])
def test_only_old_files_of_issues_that_were_rolled_back_are_swept(
    session: Session, tmp_path: Path, age_seconds: int, swept: int
) -> None:
    directory = tmp_path / "issued"
    assert sweep_files(session, directory, now=now_utc()) == 0, "nothing was issued yet"
    kept = issue(session, directory)
    session.commit()
    issue(session, directory)
    session.rollback()
    now = now_utc()
    written = (now - SWEPT_AFTER).timestamp() - age_seconds
    for file in directory.iterdir():
        os.utime(file, (written, written))
    assert sweep_files(session, directory, now=now) == swept
    assert len(list(directory.iterdir())) == 2 - swept
    assert read_document(kept, directory) == CONTENT


def test_the_file_is_private_and_its_name_tells_nothing(session: Session, tmp_path: Path) -> None:
    document = issue(session, tmp_path / "issued", filename="../../etc/passwd")
    (path,) = (tmp_path / "issued").iterdir()
    assert path.name == document.stored_name
    assert re.fullmatch(r"[0-9a-f]{32}", path.name)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_codes_are_read_from_paper() -> None:
    code = new_verify_code()
    assert re.fullmatch(rf"([{CODE_ALPHABET}]{{4}}-){{3}}[{CODE_ALPHABET}]{{4}}", code)
    assert not set(CODE_ALPHABET) & set("01IO")
    assert len({new_verify_code() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "typed",
    [
        "7KQM-2XNB-9PRT-4WDE",
        "7kqm2xnb9prt4wde",
        " 7KQM 2XNB 9PRT 4WDE ",
        "７ＫＱＭ－２ＸＮＢ—9PRT–4WDE",
    ],
)
def test_a_code_is_found_however_it_was_typed(session: Session, tmp_path: Path, typed: str) -> None:
    document = issue(session, tmp_path, verify_code="7KQM-2XNB-9PRT-4WDE")
    issue(session, tmp_path)
    assert document_by_code(session, typed) is document


@pytest.mark.parametrize("typed", ["", "-", "7KQM", "7KQM-2XNB-9PRT-4WDF", "%", "x" * 10_000, "\x00"])
def test_a_code_that_was_never_given_out_finds_nothing(session: Session, tmp_path: Path, typed: str) -> None:
    issue(session, tmp_path, verify_code="7KQM-2XNB-9PRT-4WDE")
    assert document_by_code(session, typed) is None
    assert len(tidy_code(typed)) <= 75


def test_a_code_is_given_out_once(session: Session, tmp_path: Path) -> None:
    issue(session, tmp_path, verify_code="7KQM-2XNB-9PRT-4WDE")
    with pytest.raises(IntegrityError):
        issue(session, tmp_path, verify_code="7KQM-2XNB-9PRT-4WDE")


def test_a_file_that_was_changed_is_not_handed_out(session: Session, tmp_path: Path) -> None:
    document = issue(session, tmp_path)
    (tmp_path / document.stored_name).write_bytes(CONTENT + b" ")
    with pytest.raises(Conflict, match="不一致"):
        read_document(document, tmp_path)


def test_a_file_that_is_gone_is_said_to_be_gone(session: Session, tmp_path: Path) -> None:
    document = issue(session, tmp_path)
    (tmp_path / document.stored_name).unlink()
    with pytest.raises(NotFound):
        read_document(document, tmp_path)


def test_a_revoked_document_is_void_and_revoked_once(session: Session, tmp_path: Path) -> None:
    document = issue(session, tmp_path)
    revoke_document(session, SYSTEM, document, reason="内容有误")
    first = document.revoked_at
    revoke_document(session, SYSTEM, document, reason="另一个理由")
    assert document.revoked_at == first
    with pytest.raises(Conflict, match="作废"):
        read_document(document, tmp_path)
    sentences = [act.sentence for act in timeline(session, [f"document:{document.id}"]).items]
    assert sentences[0] == "作废文件《授权专利企业名录第3期》：内容有误"
    assert len(sentences) == 2


def test_a_download_is_recorded(session: Session, tmp_path: Path) -> None:
    document = issue(session, tmp_path)
    note_download(session, SYSTEM, document)
    assert timeline(session, [f"document:{document.id}"]).items[0].sentence == (
        "下载文件《授权专利企业名录第3期》"
    )


def test_a_bank_sees_its_own_documents_only(session: Session, make: Make, tmp_path: Path) -> None:
    mine, other = make.actor(make.banker()), make.actor(make.banker())
    document = issue(session, tmp_path, organisation_id=mine.organisation_id)
    assert visible_document(session, mine, document.verify_code) is document
    assert visible_document(session, make.actor(Role.CITY_OFFICER), document.verify_code) is document
    with pytest.raises(NotFound):
        visible_document(session, other, document.verify_code)
    assert mine.organisation_id is not None
    assert other.organisation_id is not None
    assert documents_for(session, mine.organisation_id) == [document]
    assert documents_for(session, other.organisation_id) == []


def test_the_documents_of_a_subject_are_listed_the_latest_first(session: Session, tmp_path: Path) -> None:
    first, second = issue(session, tmp_path), issue(session, tmp_path)
    issue(session, tmp_path, subject="issue:33")
    assert documents_of(session, "issue:3") == [second, first]


def test_texts_that_are_too_long_are_cut_on_both_databases(session: Session, tmp_path: Path) -> None:
    document = issue(session, tmp_path, title="题" * 400, filename="名" * 300, purpose="用" * 200)
    session.expire_all()
    stored = session.scalars(select(Document)).one()
    assert (len(stored.title), len(stored.filename), len(stored.purpose)) == (300, 200, 120)
    assert stored is document
