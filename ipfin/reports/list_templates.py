"""The office's own template of a kind of list (本局模板): an empty sheet, and what each column means.

Decides the form only; which columns a kind has is decided in its room of `lists`. Pure.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from ipfin.documents.sheet import Column, Properties, SheetSpec, write_sheet
from ipfin.kernel.text import SOURCE_LOCALE, _, translate

_NARROWEST: Final = 12


def list_template(
    title: str, columns: Sequence[tuple[str, str, str, tuple[str, ...]]], *, locale: str = SOURCE_LOCALE
) -> bytes:
    """Return a template as XLSX.

    Args:
        columns: header, explanation, example and offered words of each. The headers stay Chinese in every
            language: they are what the import reads.
    """
    headers = [
        Column(str(header), width=max(_NARROWEST, 2.5 * len(header)), choices=choices)
        for header, _explained, _example, choices in columns
    ]
    explained = [
        [str(header), translate(explanation, locale), example]
        for header, explanation, example, _choices in columns
    ]
    sheets = [
        SheetSpec(_("名单"), headers, []),
        SheetSpec(
            _("填写说明"),
            [
                Column(_("列名"), width=24),
                Column(_("说明"), width=70, wrap=True),
                Column(_("示例"), width=30),
            ],
            explained,
        ),
    ]
    target = io.BytesIO()
    write_sheet(target, sheets, properties=Properties(title=translate(title, locale)), locale=locale)
    return target.getvalue()
