"""What may be written down of a person to call at a firm (企业联系人). Pure.

Decides what is needed and in which form; who sees it is decided in `showing`. A contact is personal
data: a name, a post, a phone and a mail address for business, nothing else (PIPL article 6, no more than
the purpose needs).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

MOST_CONTACTS: Final = 20  # of one firm; more is a list of staff
LONGEST_NAME: Final = 60
LONGEST_MAIL: Final = 100  # what a sealed column holds, see accounts.sealing
_PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{4,28}[0-9]")
_MAIL: Final = re.compile(
    r"[^@\s<>\"',;:]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z0-9-]{2,24}"
)


class ContactSource(StrEnum):
    """Who wrote a contact down (来源)."""

    FIRM = "firm"  # 企业填写
    OFFICE = "office"  # 主管部门登记


CONTACT_SOURCE_LABELS: Final[Mapping[ContactSource, Text]] = {
    ContactSource.FIRM: _("企业填写"),
    ContactSource.OFFICE: _("主管部门登记"),
}


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """What is said of a person to call."""

    name: str
    post: str = ""
    phone: str = ""
    mail: str = ""

    def checked(self) -> Self:
        """Return the details without idle spaces.

        Raises:
            BadInput: no name, neither phone nor mail, or one of them in a form that cannot be right.
        """
        tidy = type(self)(*(" ".join(each.split()) for each in (self.name, self.post, self.phone, self.mail)))
        if not tidy.name or len(tidy.name) > LONGEST_NAME or len(tidy.post) > LONGEST_NAME:
            raise BadInput(_("请填写姓名，姓名和职务各不超过%(most)s字。", most=LONGEST_NAME), field="name")
        if not tidy.phone and not tidy.mail:
            raise BadInput(_("电话和邮箱至少填写一项。"), field="phone")
        if tidy.phone and not _PHONE.fullmatch(tidy.phone):
            raise BadInput(_("电话应为数字，可含区号和短横线，如 0372-1234567。"), field="phone")
        if tidy.mail and (len(tidy.mail) > LONGEST_MAIL or not _MAIL.fullmatch(tidy.mail)):
            raise BadInput(_("邮箱格式不正确。"), field="mail")
        return tidy


def changed_fields(before: ContactDetails, after: ContactDetails) -> list[str]:
    """Return the names of the fields that differ: what a log may say of a change, without the values."""
    return [
        name for name in ("name", "post", "phone", "mail") if getattr(before, name) != getattr(after, name)
    ]
