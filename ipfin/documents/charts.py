"""Charts as SVG that look the same on a page and in a PDF, with the figures beside them as a table.

pygal works out the scale and the places; how it looks is decided here. Its script, its style sheet and
its comments are dropped and every colour stands as an attribute, so that the strictest content security
policy and the PDF setter both show it. A chart never stands alone: `table` says the same in words and
figures for those who cannot see it, and colours differ in lightness too.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from ipfin.documents.safety import clean_text
from ipfin.kernel.text import SOURCE_LOCALE, translate

# Dark to light, so that neighbours differ in print without colour as well.
PALETTE = ("#1f4e86", "#5b9bb5", "#d39a3a", "#7d8a99", "#a8553f", "#6f7f3f")
_INK, _QUIET, _GRID, _AXIS = "#1f2933", "#5b6774", "#e3e8ee", "#9aa5b1"
_LINE = "#8a2f1f"
_FONTS = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"
_UNKNOWN = "—"
_WIDTH = 760
_MOST_LABELS = 14  # more would run into each other
_LONGEST_LABEL = 24  # characters drawn; the table has the whole

Value = int | float | None


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars or one line; None is unknown and leaves a gap."""

    name: str
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Line:
    """An upright line before the bar at place `before`, with a word on it."""

    before: int
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: `svg` for a page, `data_uri` for an image, `table` with a header row for reading."""

    title: str
    description: str
    svg: str
    table: tuple[tuple[str, ...], ...]

    def __html__(self) -> str:
        """Let a template print the chart as it is: it was built here, every text in it escaped."""
        return self.svg

    @property
    def data_uri(self) -> str:
        """The chart as an address that holds the image itself."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode()


def bar_chart(
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    horizontal: bool = False,
    height: int = 300,
    locale: str = SOURCE_LOCALE,
) -> Chart:
    """Return bars side by side; `horizontal` for labels that are names, then it is as high as it needs."""
    kind = "HorizontalBar" if horizontal else "Bar"
    return _chart(kind, title, description, labels, series, unit=unit, height=height, locale=locale)


def stacked_bar_chart(
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    horizontal: bool = False,
    height: int = 300,
    line: Line | None = None,
    locale: str = SOURCE_LOCALE,
) -> Chart:
    """Return bars on top of each other; the parts must add up to something that means something.

    Args:
        line: drawn between two upright bars.
    """
    kind = "HorizontalStackedBar" if horizontal else "StackedBar"
    return _chart(
        kind, title, description, labels, series, unit=unit, height=height, locale=locale, line=line
    )


def line_chart(
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    height: int = 300,
    locale: str = SOURCE_LOCALE,
) -> Chart:
    """Return lines over `labels`, which are in order of time."""
    return _chart("Line", title, description, labels, series, unit=unit, height=height, locale=locale)


def _chart(
    kind: str,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str,
    height: int,
    locale: str,
    line: Line | None = None,
) -> Chart:
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("every series has one value for each label")
    say = _speaker(locale)
    names = [say(one.name) for one in series]
    spoken = [say(label) for label in labels]
    root = _drawing(kind, spoken, [(n, one.values) for n, one in zip(names, series, strict=True)], height)
    title, description, unit = say(title), say(description), say(unit)
    place = _place_of(root, line, len(labels)) if line else None
    _calm(root, horizontal=kind.startswith("Horizontal"))
    if line and place:
        _draw_line(place, say(line.label))
    _describe(root, title, f"{description}（{unit}）" if unit and locale == SOURCE_LOCALE else description)
    header = ("", *(f"{name}（{unit}）" if unit and locale == SOURCE_LOCALE else name for name in names))
    rows = ((label, *(_figure(one.values[place]) for one in series)) for place, label in enumerate(spoken))
    return Chart(title, description, ET.tostring(root, encoding="unicode"), (header, *rows))


_Place = tuple[ET.Element, float, float]  # the group to draw in, how far along, how high


def _place_of(root: ET.Element, line: Line, places: int) -> _Place:
    """Return where a line stands, from the labels that are drawn beneath the bars."""
    plot = next(g for g in root.iter("g") if any(_is_x_axis(child) for child in g))
    axis = next(child for child in plot if _is_x_axis(child))
    marks = [float(text.get("x", 0)) for text in axis.iter("text")]
    drawn = list(range(0, places, max(1, -(-places // _MOST_LABELS))))
    high = float(next(path for path in axis.iter("path")).get("d", "").rpartition("v")[2])
    if len(marks) == places:
        drawn = list(range(places))
    step = (marks[-1] - marks[0]) / (drawn[-1] - drawn[0]) if len(drawn) > 1 else 2 * marks[0]
    return plot, marks[0] + (line.before - 0.5) * step, high


def _is_x_axis(element: ET.Element) -> bool:
    return {"axis", "x"} <= set((element.get("class") or "").split())


def _draw_line(place: _Place, label: str) -> None:
    group, along, high = place
    x = f"{along:.1f}"
    ends = {"x1": x, "x2": x, "y1": "0", "y2": f"{high:.1f}"}
    ET.SubElement(group, "line", {**ends, "stroke": _LINE, "stroke-width": "2", "stroke-dasharray": "6 4"})
    halo = {"stroke": "#ffffff", "stroke-width": "4", "paint-order": "stroke"}
    text = ET.SubElement(group, "text", {"x": f"{along + 5:.1f}", "y": "12", "fill": _LINE, **halo})
    text.text = label


def _speaker(locale: str) -> Any:
    return lambda text: clean_text(translate(text, locale))


def _drawing(
    kind: str, labels: list[str], series: list[tuple[str, Sequence[Value]]], height: int
) -> ET.Element:
    pygal = _pygal()
    sideways = kind.startswith("Horizontal")
    rows = len(labels) * (1 if "Stacked" in kind else len(series))
    whole = all(isinstance(v, int) for _name, values in series for v in values if v is not None)
    # labels are drawn for every nth place where there are many; the table has them all
    step = 1 if sideways else max(1, -(-len(labels) // _MOST_LABELS))
    chart = getattr(pygal, kind)(
        width=_WIDTH,
        height=80 + 30 * rows if sideways else height,
        margin=10,
        margin_left=10 + (_missing_room(labels) if sideways else 0),
        spacing=6,
        js=(),
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=min(len(series), 4),
        legend_box_size=11,
        truncate_legend=-1,
        truncate_label=-1,
        include_x_axis=True,
        max_scale=8,
        dots_size=3,
        allow_interruptions=True,
        value_formatter=lambda value: _tick(value, whole=whole),
    )
    order = -1 if sideways else 1  # a list is read from the top, its bars are drawn from the bottom
    chart.x_labels = [_short(t) if place % step == 0 else "" for place, t in enumerate(labels)][::order]
    for name, values in series:
        chart.add(name, [{"value": v, "label": t} for v, t in zip(values, labels, strict=True)][::order])
    tree: ET.Element = chart.render_tree()
    return tree


def _pygal() -> Any:
    """Import pygal as we use it.

    Without the import hook that it leaves behind for map plug-ins, which Python warns of; with the
    standard library's trees even where lxml happens to be installed, whose elements are of another kind.
    """
    import pygal
    from pygal.etree import etree

    etree.to_etree()
    sys.meta_path[:] = [hook for hook in sys.meta_path if type(hook).__module__ != "pygal"]
    return pygal


def _missing_room(labels: Sequence[str]) -> float:
    """Return how much wider labels are than pygal believes, which counts six units for any character."""
    return max((sum(6.0 if ord(c) > 0x2E7F else 0.8 for c in _short(label)) for label in labels), default=0)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _tick(value: float, *, whole: bool) -> str:
    if value is None:
        return ""
    if float(value).is_integer():
        return f"{int(value):,}"
    return "" if whole else f"{value:,.10g}"


def _figure(value: Value) -> str:
    if value is None:
        return _UNKNOWN
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


def _describe(root: ET.Element, title: str, description: str) -> None:
    mark = hashlib.sha256(ET.tostring(root) + title.encode()).hexdigest()[:10]
    for tag, text in (("desc", description), ("title", title)):
        element = ET.Element(tag, {"id": f"{tag}-{mark}"})
        element.text = text
        root.insert(0, element)
    box = root.get("viewBox", f"0 0 {_WIDTH} 300")
    root.attrib.clear()
    root.attrib.update(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": box,
            "class": "chart",
            "role": "img",
            "aria-labelledby": f"title-{mark} desc-{mark}",
            "font-family": _FONTS,
            "font-size": "12",
        }
    )


def _calm(root: ET.Element, *, horizontal: bool) -> None:
    """Drop what moves, fetches or styles from outside, and give every part its colour."""
    for parent, child in list(_pairs(root)):
        classes = set((child.get("class") or "").split())
        if child.tag in {"defs", "title", "desc"} or not isinstance(child.tag, str):
            _add_tooltip(parent, child, classes)
            parent.remove(child)
        elif classes & {"background", "titles", "tooltip-overlay", "text-overlay"}:
            parent.remove(child)
    _paint(root, (), horizontal=horizontal)
    for element in root.iter():
        for name in ("id", "style", "class"):
            element.attrib.pop(name, None)


def _pairs(root: ET.Element) -> Iterator[tuple[ET.Element, Any]]:
    for parent in root.iter():
        for child in parent:
            yield parent, child


def _add_tooltip(parent: ET.Element, child: Any, classes: set[str]) -> None:
    """Keep a bar's value as its title, which browsers show without a script."""
    if child.tag == "desc" and "value" in classes and child.text:
        title = ET.SubElement(parent, "title")
        title.text = child.text


def _paint(element: ET.Element, inside: tuple[str, ...], *, horizontal: bool) -> None:
    classes = (element.get("class") or "").split()
    context = (*inside, *classes)
    if element.tag == "text":
        _paint_text(element, context)
    elif element.tag in {"path", "rect", "circle"}:
        _paint_shape(element, classes, context, horizontal=horizontal)
    for child in element:
        _paint(child, context, horizontal=horizontal)


def _paint_text(element: ET.Element, context: tuple[str, ...]) -> None:
    on_x, on_y = "x" in context and "axis" in context, "y" in context and "axis" in context
    element.set("fill", _INK if "legends" in context else _QUIET)
    if on_x:
        element.set("text-anchor", "middle")
    elif on_y:
        element.set("text-anchor", "end")


def _paint_shape(
    element: ET.Element, classes: list[str], context: tuple[str, ...], *, horizontal: bool
) -> None:
    if "axis" in context:
        across = ("y" in context) != horizontal
        stroke = _AXIS if "axis" in classes or "guide" not in classes else _GRID
        element.attrib.update({"stroke": stroke if across else "none", "fill": "none", "stroke-width": "1"})
        return
    colour = _colour(context)
    if "nofill" in classes:
        element.attrib.update({"fill": "none", "stroke": colour, "stroke-width": "2.2"})
    else:
        element.set("fill", colour)


def _colour(context: tuple[str, ...]) -> str:
    number = next((int(c[6:]) for c in reversed(context) if c.startswith("color-")), 0)
    return PALETTE[number % len(PALETTE)]
