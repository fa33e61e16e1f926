"""Phones of those who come, so that one phone stands for one place at an event (一机一号). Pure.

Decides when two ways of writing are the same phone. Does not keep a phone: what is stored of it is sealed,
or a keyed digest of what `normal_phone` returns (`service.contacts`).
"""

from __future__ import annotations

import re
from typing import Final

from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _

_COUNTRY: Final = re.compile(r"(?:\+|00)86")
_MOBILE: Final = re.compile(r"1[0-9]{10}")
_MOBILE_OF_CHINA: Final = re.compile(r"86(1[0-9]{10})")


def normal_phone(phone: str) -> str:
    """Return the digits that are dialled within China: +86 138-0000 1234 is 13800001234.

    An extension stays, so that two desks behind one switchboard are two phones. Empty without any digit.
    """
    tight = re.sub(r"[^0-9+]", "", phone)
    local = _COUNTRY.sub("", tight, count=1) if _COUNTRY.match(tight) else tight
    digits = re.sub(r"[^0-9]", "", local)
    if local != tight and digits and not digits.startswith("0") and not _MOBILE.fullmatch(digits):
        return f"0{digits}"  # abroad the area code is dialled without its nought
    mobile = _MOBILE_OF_CHINA.fullmatch(digits)
    return mobile.group(1) if mobile else digits


def phone_is_taken() -> Conflict:
    """Return the refusal of a phone under which somebody else comes, with what one can do about it."""
    return Conflict(
        _(
            "这个电话已在本活动报名。请填参会人本人的手机号；单位总机请在号码后加“-分机号”；"
            "确需与他人共用的，请与会务联系，说明理由后由会务代为报名。"
        ),
        field="phone",
    )
