"""Which language a page speaks. The source is Chinese; English is a complete second catalogue."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, session
from flask_babel import Babel, get_locale

from ipfin.kernel.text import LOCALES, SOURCE_LOCALE, Text, translate
from ipfin.web.signing_in import current_person

babel = Babel()
# Spellings that browsers send for simplified Chinese; traditional is chosen by hand only.
_ALIASES = {"zh": "zh_CN", "zh-cn": "zh_CN", "zh-hans": "zh_CN", "zh-hans-cn": "zh_CN", "en": "en"}


def init_i18n(app: Flask) -> None:
    """Let every request of `app` speak its reader's language."""
    app.config["BABEL_DEFAULT_LOCALE"] = SOURCE_LOCALE
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    babel.init_app(app, locale_selector=select_locale)
    app.jinja_env.filters["t"] = in_reader_language
    app.jinja_env.globals["locale_now"] = locale_now


def select_locale() -> str:
    """Return the locale: the user's setting, then the cookie's, then the browser's, then Chinese."""
    person = current_person()
    if person is not None and person.locale in LOCALES:
        return str(person.locale)
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    for wanted, _quality in request.accept_languages:
        spelling = wanted.lower().replace("_", "-")
        if spelling in _ALIASES:
            return _ALIASES[spelling]
        if spelling.startswith("en-"):
            return "en"
    return SOURCE_LOCALE


def locale_now() -> str:
    """Return the locale of this request, one of `LOCALES`."""
    return "en" if str(get_locale()).startswith("en") else SOURCE_LOCALE


def in_reader_language(text: Any) -> str:
    """Translate a sentence that a rule wrote (also in the form in which JSON stored it)."""
    if isinstance(text, dict) and "template" in text:
        text = Text.from_json(text)
    return translate(text, locale_now()) if text else ""
