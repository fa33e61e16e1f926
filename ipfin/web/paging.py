"""Lists on pages: which sort and filter words are allowed, and links that keep the rest of the address.

Every filter stands in the address, so that a list can be shared and an export repeats it exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from flask import g, request, url_for

from ipfin.kernel.paging import Page

T = TypeVar("T")

LARGEST_NUMBER = 2**31 - 1


def chosen(name: str, allowed: Iterable[str], default: str) -> str:
    """Return the query word `name` when it is one of `allowed`, else `default`."""
    word = request.args.get(name, default)
    return word if word in set(allowed) else default


def words(name: str, *, limit: int = 60) -> str:
    """Return a free text of the query in one line, trimmed to `limit` characters."""
    typed = "".join(character for character in request.args.get(name, "") if character.isprintable())
    return typed.strip()[:limit]


def row_number(name: str) -> int | None:
    """Return the number of a row that the query names; None without one, or of one that no row can have.

    Neither database takes a larger number as a parameter.
    """
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number <= LARGEST_NUMBER else None


def sliced(rows: Sequence[T], size: int) -> Page[T]:
    """Return the page of a list that is counted whole anyway; its cursor is the number of the page."""
    last = max(1, -(-len(rows) // size))
    number = min(max(request.args.get("cursor", default=1, type=int), 1), last)
    return Page(
        tuple(rows[(number - 1) * size : number * size]),
        str(number + 1) if number < last else None,
        str(number - 1) if number > 1 else None,
        len(rows),
    )


def here_with(**changes: Any) -> str:
    """Return this page's address with some query words changed; None or empty takes one away."""
    query = _query()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    path: Mapping[str, Any] = request.view_args or {}
    return url_for(g.get("list_endpoint") or str(request.endpoint), **path, **query)


def stay_on(endpoint: str) -> None:
    """Let this answer's links lead to `endpoint`: a refused form shows the list that stands elsewhere."""
    g.list_endpoint = endpoint


def filtered(endpoint: str) -> str:
    """Return the address of `endpoint` with this page's filter: what copies a list goes by the same words."""
    return url_for(endpoint, **_query())


def _query() -> dict[str, Any]:
    """Return the query words without the place in the list: another filter starts at the first page.

    Words that mean something to `url_for` itself are dropped: an address must not choose its own scheme.
    """
    own = {"cursor", "endpoint", *(request.view_args or {})}
    words_said = request.args.to_dict(flat=True).items()
    return {name: value for name, value in words_said if name not in own and not name.startswith("_")}
