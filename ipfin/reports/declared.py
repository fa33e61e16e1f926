"""What a firm declared of its business, in words, and for which purpose a copy may hold it. Pure.

Decides how such a figure reads on a paper and a sheet, and which purpose of a consent the purpose of a
copy stands for. Whether it may be shown is decided in `consent`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from ipfin.consent.purposes import PURPOSES_OF, Purpose, page_purpose
from ipfin.kernel.actor import Role
from ipfin.kernel.text import SOURCE_LOCALE, translate
from ipfin.reports.firm_export import ExportPurpose
from ipfin.whitelist.facts import PLEDGE_HISTORY_LABELS, PledgeHistory

_OF_COPIES: Final[Mapping[ExportPurpose, Purpose]] = {
    ExportPurpose.EVENT: Purpose.MEETING,
    ExportPurpose.RISK: Purpose.POST_LOAN,
}
_OWN_BUSINESS: Final = frozenset({ExportPurpose.CUSTOMERS, ExportPurpose.DUE_DILIGENCE})


def consented_purpose(role: Role | None, purpose: ExportPurpose) -> Purpose | None:
    """Return the purpose for which a firm must have consented, None where no consent covers the copy.

    Statistics and reports are nothing that a firm is asked about, so such copies hold nothing of it.
    """
    wanted = page_purpose(role) if purpose in _OWN_BUSINESS else _OF_COPIES.get(purpose)
    return wanted if role is not None and wanted in PURPOSES_OF.get(role, ()) else None


def declared_words(kind: str, number: Decimal | None, word: str, locale: str = SOURCE_LOCALE) -> str:
    """Return a declared figure as people read it: 5.20%, A, 已结清."""
    if number is not None:
        return f"{number / 100:.2f}%"
    if kind == "pledge_history":
        return translate(PLEDGE_HISTORY_LABELS[PledgeHistory(word)], locale)
    return word
