"""Lists on pages: which sort and filter words are allowed, and links that keep the rest of the address.

Every filter stands in the address, so that a list can be shared and an export repeats it exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request, url_for


def chosen(name: str, allowed: Iterable[str], default: str) -> str:
    """Return the query word `name` when it is one of `allowed`, else `default`."""
    word = request.args.get(name, default)
    return word if word in set(allowed) else default


def words(name: str, *, limit: int = 60) -> str:
    """Return a free text of the query, trimmed to `limit` characters."""
    return request.args.get(name, "").strip()[:limit]


def here_with(**changes: Any) -> str:
    """Return this page's address with some query words changed; None or empty takes one away."""
    query: dict[str, Any] = request.args.to_dict(flat=True)
    query.pop("cursor", None)  # another filter or order starts at the first page
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    path: Mapping[str, Any] = request.view_args or {}
    return url_for(str(request.endpoint), **path, **query)
