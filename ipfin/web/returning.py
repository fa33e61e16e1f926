"""Where a person is sent after signing in or choosing a language: only to a page of ours.

Source: ASVS 5.0 3.7.2. Browsers read `\\` as `/` and skip tabs and line breaks, so an address is
refused for either before anything else is asked of it.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

LONGEST_PATH = 2_000


def own_path(wanted: str | None) -> str | None:
    """Return `wanted` when it is the path of a page of ours that can be read, else None."""
    if not wanted or len(wanted) > LONGEST_PATH or not wanted.isprintable():
        return None
    parts = urlsplit(wanted.replace("\\", "/"))
    path = parts.path
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return None
    if "\\" in wanted or unquote(path).startswith("//"):
        return None
    return wanted if _is_readable(unquote(path)) else None


def _is_readable(path: str) -> bool:
    try:
        endpoint, _arguments = current_app.url_map.bind("localhost").match(path, method="GET")
    except RequestRedirect:  # a missing slash at the end: Flask puts it there, on our own host
        return True
    except HTTPException:
        return False
    return not str(endpoint).endswith("static")
