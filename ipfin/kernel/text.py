"""Sentences for people that can be translated later, away from where they were written.

Chinese is the source language. A rule says `_("缺少%(field)s列。", field=...)` and gets a plain string in
Chinese that still knows its template, so that a page, a document or a command in English can say it
in English. Rules never know the reader's language.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

TRANSLATIONS = Path(__file__).parent.parent / "translations"
SOURCE_LOCALE = "zh_CN"
LOCALES = (SOURCE_LOCALE, "en")


class Text(str):
    """A Chinese sentence (its string value) with the template and the values it was made from."""

    __slots__ = ("params", "template")
    template: str
    params: Mapping[str, Any]

    def __new__(cls, template: str, params: Mapping[str, Any]) -> Self:
        """Fill `template` (with `%(name)s` places) and remember both."""
        text = super().__new__(cls, template % params if params else template)
        text.template = template
        text.params = params
        return text

    def as_json(self) -> dict[str, Any]:
        """Return a form that JSON can hold and `from_json` reads back."""
        params = {k: v.as_json() if isinstance(v, Text) else v for k, v in self.params.items()}
        return {"template": self.template, "params": params}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Text:
        """Return the sentence that `as_json` stored."""
        params = {
            k: cls.from_json(v) if isinstance(v, Mapping) and "template" in v else v
            for k, v in stored["params"].items()
        }
        return cls(stored["template"], params)


def _(template: str, **params: Any) -> Text:
    """Return `template`, filled, as a sentence that can be translated later."""
    return Text(template, params)


def listed(members: Iterable[str]) -> Text:
    """Return the members as one enumeration, which is translated together with them: 甲、乙; A, B."""
    names = list(members)
    if not names:
        return Text("", {})
    said = Text("%(name)s", {"name": names[-1]})
    for name in reversed(names[:-1]):
        said = _("%(first)s、%(rest)s", first=name, rest=said)
    return said


@lru_cache(maxsize=len(LOCALES))
def _catalogue(locale: str) -> gettext.NullTranslations:
    return gettext.translation("messages", str(TRANSLATIONS), [locale], fallback=True)


def translate(text: str, locale: str) -> str:
    """Return `text` in `locale`; a plain string is looked up as it is, an unknown one stays Chinese."""
    if locale == SOURCE_LOCALE or not text:
        return str(text)
    catalogue = _catalogue(locale)
    if not isinstance(text, Text):
        return catalogue.gettext(text)
    params = {k: translate(v, locale) if isinstance(v, Text) else v for k, v in text.params.items()}
    template = catalogue.gettext(text.template)
    return template % params if params else template
