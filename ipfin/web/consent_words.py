"""How uses of consented data read on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ipfin.consent.models import UseKind
from ipfin.consent.purposes import FIELD_SET_LABELS, FieldSet
from ipfin.kernel.text import Text, _
from ipfin.web.i18n import in_reader_language

USE_LABELS: Final[Mapping[UseKind, Text]] = {
    UseKind.VIEW: _("查看"),
    UseKind.DOWNLOAD: _("下载"),
}


def sets_in_words(sets: Iterable[FieldSet]) -> str:
    """Return the labels of several sets, one after the other."""
    return " · ".join(in_reader_language(FIELD_SET_LABELS[each]) for each in sets)
