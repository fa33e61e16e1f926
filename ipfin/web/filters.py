"""How values look on a page: days, instants, amounts, codes. One way each, everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from flask_babel import gettext

from ipfin.kernel.clock import in_china
from ipfin.kernel.identifiers import format_credit_code
from ipfin.kernel.money import Fen, format_wan_yuan
from ipfin.kernel.text import _ as sentence
from ipfin.kernel.text import listed as enumeration
from ipfin.web.i18n import in_reader_language
from ipfin.whitelist.panel import percent_told
from ipfin.whitelist.score_view import told

DASH = "—"


def day(value: date | str | None) -> str:
    """2026-03-05, or a dash."""
    if value is None or value == "":
        return DASH
    return value if isinstance(value, str) else f"{value:%Y-%m-%d}"


def long_day(value: date | None) -> str:
    """2026年3月5日, as in documents."""
    return DASH if value is None else f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime | None) -> str:
    """2026-03-05 14:30 in China, or a dash."""
    return DASH if value is None else f"{in_china(value):%Y-%m-%d %H:%M}"


def china_day(value: datetime | None) -> str:
    """The day of an instant in China, or a dash."""
    return DASH if value is None else f"{in_china(value):%Y-%m-%d}"


def day_before(value: date | None) -> str:
    """The last day on which something holds that ends before `value`, or a dash."""
    return DASH if value is None else day(value - timedelta(days=1))


def clock_time(value: datetime) -> str:
    """14:30 in China."""
    return f"{in_china(value):%H:%M}"


def count(value: int | None) -> str:
    """1,234, or a dash when unknown: unknown is never 0."""
    return DASH if value is None else f"{value:,}"


def wan(value: int | None) -> str:
    """An amount in 万元 from fen, or a dash."""
    return DASH if value is None else in_reader_language(format_wan_yuan(Fen(value)))


def points(value_e4: int | None) -> str:
    """Points with two decimals from ten-thousandths, cut (74.9999 earns no A, so shows 74.99); or a dash."""
    return DASH if value_e4 is None else f"{value_e4 // 100 / 100:.2f}"


def percent_bp(value_bp: int | None) -> str:
    """A percentage from basis points, or a dash."""
    return DASH if value_bp is None else f"{value_bp / 100:.0f}%"


def holds(value_bp: int | None) -> str:
    """How firmly a grade stands: whole per cent, 100 only for all weightings and 0 only for none."""
    return DASH if value_bp is None else f"{percent_told(value_bp)}%"


def credit_code(value: str | None) -> str:
    """A credit code in groups 2-6-9-1, or a dash."""
    return DASH if not value else format_credit_code(value)


def size(value: int) -> str:
    """A file size in KB, MB or GB."""
    if value >= 1024**3:
        return f"{value / 1024**3:.1f} GB"
    return f"{value / 1_048_576:.1f} MB" if value >= 1_048_576 else f"{max(1, round(value / 1024))} KB"


def dashed(value: Any) -> Any:
    """A dash for what is empty, so that no cell is silently blank."""
    return DASH if value is None or value == "" else value


def listed(members: Iterable[str]) -> str:
    """Several names as one enumeration in the reader's language."""
    return in_reader_language(enumeration(members))


def dom_id(value: str) -> str:
    """A value that is safe as an element's id."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in str(value))


# Names in the order in which they are looked for: Edge and WeChat call themselves Chrome too.
_BROWSERS = (
    ("MicroMessenger", sentence("微信")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """What a browser calls itself, short enough to recognise one's own: "Chrome · Windows"."""
    names = (
        next((in_reader_language(label) for word, label in words if word in user_agent), "")
        for words in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(name for name in names if name) or gettext("其他设备")


def init_filters(app: Flask) -> None:
    """Offer the filters to every template of `app`."""
    for filter_ in (
        day,
        day_before,
        long_day,
        moment,
        china_day,
        clock_time,
        count,
        wan,
        points,
        told,
        percent_bp,
        holds,
        credit_code,
        size,
        dashed,
        device,
        listed,
        dom_id,
    ):
        app.jinja_env.filters[filter_.__name__] = filter_
