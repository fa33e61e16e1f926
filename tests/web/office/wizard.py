"""Walking the import wizard as a person does: by the forms that its pages carry."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.db import Base
from tests.web.conftest import Browser

_NOT_OF_THE_MATTER = frozenset({"user_session", "sign_in_failures", "user", "organisation"})


def upload(browser: Browser, content: bytes | Path, name: str = "名单.xlsx", **fields: str) -> Any:
    """Hand a file in as `name`; return the answer."""
    content = content.read_bytes() if isinstance(content, Path) else content
    sent = {"as_of": "2026-03-05", "source": "样例来源", **fields}
    return browser.post("/office/import/new", data={"file": (io.BytesIO(content), name), **sent})


def selected(page: str) -> dict[str, str]:
    """Return the columns page's form as the browser would send it untouched."""
    found = {}
    for piece in page.split("<select")[1:]:
        name = re.search(r'name="(column-\d+)"', piece)
        value = re.search(r'<option value="([^"]*)" selected', piece.split("</select>")[0])
        if name is None:
            continue
        found[name[1]] = value[1] if value else ""
    return found


def check(browser: Browser, place: str, changes: Mapping[str, str] | None = None) -> Any:
    """Confirm the columns of the batch whose page, or columns page, is `place`; return the answer."""
    place = place if place.endswith("/columns") else f"{place}/columns"
    return browser.post(place, data=selected(browser.get(place).text) | dict(changes or {}))


def mark(page: str) -> str:
    """Return the mark of the dry run that a batch's page shows."""
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found, "the page offers no commit"
    return found[1]


def commit(browser: Browser, batch: str) -> Any:
    """Commit the batch whose page is `batch`, as shown; return the answer."""
    return browser.post(f"{batch}/commit", data={"seen": mark(browser.get(batch).text)})


def take_in(browser: Browser, content: bytes | Path, name: str = "名单.xlsx", **fields: str) -> str:
    """Take a list through the whole wizard; return the address of its batch."""
    handed = upload(browser, content, name, **fields)
    assert handed.status_code == 303, handed.text
    checked = check(browser, handed.location)
    assert checked.status_code == 303, checked.text
    assert commit(browser, checked.location).status_code == 303
    return str(checked.location)


def rows_of_all_tables(session: Session) -> dict[str, int]:
    """Return how many rows each table has, but for those that every visit writes."""
    session.rollback()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
        if table.name not in _NOT_OF_THE_MATTER
    }
