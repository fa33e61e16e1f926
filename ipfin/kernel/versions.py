"""Two who change the same thing at once: the later one is shown both texts, and nobody's work is lost.

Decides when a form is stale. How the two texts are shown is decided in `web.versioned`.
"""

from __future__ import annotations

from ipfin.kernel.errors import Stale
from ipfin.kernel.text import _


def require_seen(seen: int | None, stands: int) -> None:
    """Refuse what was written over an older version than the one that stands.

    Call it with the row locked, or before a write that compares the version once more.

    Args:
        seen: the version that the person saw, 0 for nothing saved yet; None does not compare (commands).
        stands: the version that is saved now, 0 for nothing.

    Raises:
        Stale: somebody else saved meanwhile.
    """
    if seen is not None and seen != stands:
        raise Stale(_("他人刚刚修改过这里，没有覆盖任何内容；请对照两份内容后再保存。"))
