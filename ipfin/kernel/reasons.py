"""The reason that a person gives for a decision: there must be one, and all of it is kept. Pure."""

from __future__ import annotations

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _


def checked_reason(reason: str, *, field: str = "reason", longest: int) -> str:
    """Return a reason without the blanks around it.

    Raises:
        BadInput: none was given, or it is longer than `longest` characters.
    """
    said = reason.strip()
    if not said:
        raise BadInput(_("请写明理由。"), field=field)
    if len(said) > longest:
        raise BadInput(_("不超过%(most)s个字。", most=longest), field=field)
    return said
