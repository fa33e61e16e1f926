"""Charts that a strict page and a printer both show, and that can be read without being seen."""

from __future__ import annotations

import base64

import pytest
from defusedxml.ElementTree import fromstring
from jinja2 import Environment

from ipfin.documents.charts import PALETTE, Chart, Series, bar_chart, line_chart, stacked_bar_chart
from ipfin.kernel.text import _

YEARS = ["2024", "2025", "2026"]
NS = "{http://www.w3.org/2000/svg}"


def charts(name: str = "发明") -> list[Chart]:
    series = [Series(name, [1, None, 3]), Series("外观", [4, 5, 6])]
    return [
        bar_chart(name, name, YEARS, series, unit="件"),
        bar_chart(name, name, YEARS, series, unit="件", horizontal=True),
        stacked_bar_chart(name, name, YEARS, series, unit="件"),
        line_chart(name, name, YEARS, series, unit="件"),
    ]


@pytest.mark.parametrize("number", range(4))
def test_a_chart_has_no_script_no_style_and_no_address(number: int) -> None:
    root = fromstring(charts()[number].svg)

    for element in root.iter():
        assert element.tag.removeprefix(NS) in {"svg", "g", "path", "rect", "circle", "text", "title", "desc"}
        assert not set(element.attrib) & {"style", "onclick", "href", "class"} or element is root
    assert "http" not in charts()[number].svg.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("number", range(4))
def test_markup_in_names_stays_text(number: int) -> None:
    hostile = "</text><script>alert(1)</script>&\x0b"
    root = fromstring(charts(hostile)[number].svg)
    assert not list(root.iter(f"{NS}script"))
    assert "</text><script>alert(1)</script>&" in [e.text for e in root.iter(f"{NS}text")]


@pytest.mark.parametrize("number", range(4))
def test_a_chart_says_what_it_shows(number: int) -> None:
    root = fromstring(charts()[number].svg)
    title, desc = root[0], root[1]
    assert (title.text, desc.text) == ("发明", "发明（件）")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


def test_the_table_beside_a_chart_has_every_figure_and_says_what_is_unknown() -> None:
    assert charts()[0].table == (
        ("", "发明（件）", "外观（件）"),
        ("2024", "1", "4"),
        ("2025", "—", "5"),
        ("2026", "3", "6"),
    )


def test_every_series_has_its_own_colour_and_the_legend_shows_it() -> None:
    svg = charts()[2].svg
    assert svg.count(PALETTE[0]) >= 2
    assert svg.count(PALETTE[1]) >= 2


def test_a_template_prints_a_chart_and_not_its_source() -> None:
    page = Environment(autoescape=True).from_string("{{ chart }}").render(chart=charts()[0])
    assert page.startswith("<svg")


def test_the_image_of_a_chart_is_the_same_drawing() -> None:
    chart = charts()[0]
    assert base64.b64decode(chart.data_uri.split(",")[1]).decode() == chart.svg


def test_many_labels_do_not_run_into_each_other_but_the_table_has_them_all() -> None:
    labels = [f"{year}年{month}月" for year in range(2023, 2027) for month in range(1, 13)]
    chart = line_chart("走势", "按月", labels, [Series("件", list(range(48)))])
    drawn = [e.text for e in fromstring(chart.svg).iter(f"{NS}text") if e.text in labels]
    assert len(drawn) == 12
    assert [row[0] for row in chart.table[1:]] == labels


def test_a_long_label_beside_a_bar_is_given_its_room() -> None:
    label = "计算机、通信和其他电子设备制造业"
    root = fromstring(bar_chart("行业", "按行业", [label], [Series("家", [3])], horizontal=True).svg)
    plot = next(g for g in root.iter(f"{NS}g") if g.get("transform", "").startswith("translate"))
    left = float(plot.get("transform", "").split("(")[1].split(",")[0])
    assert left >= 12 * len(label)


def test_bars_of_names_stand_in_the_order_given_from_the_top() -> None:
    root = fromstring(bar_chart("行业", "x", ["甲", "乙"], [Series("家", [3, 1])], horizontal=True).svg)
    heights = {e.text: float(e.get("y", "0")) for e in root.iter(f"{NS}text") if e.text in {"甲", "乙"}}
    assert heights["甲"] < heights["乙"]


def test_counts_have_no_fractions_on_the_scale() -> None:
    root = fromstring(bar_chart("件", "x", ["甲"], [Series("件", [2])]).svg)
    ticks = [e.text for e in root.iter(f"{NS}text") if e.text and e.text != "甲"]
    assert all(tick.isdigit() for tick in ticks)


def test_an_empty_or_all_unknown_chart_is_still_a_drawing_with_a_table() -> None:
    for values in ([], [None], [0]):
        chart = bar_chart("空", "x", ["甲"][: len(values)], [Series("件", values)])
        assert fromstring(chart.svg).tag == f"{NS}svg"
        assert len(chart.table) == 1 + len(values)


def test_a_series_with_a_value_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="one value for each label"):
        bar_chart("x", "x", YEARS, [Series("件", [1])])


def test_sentences_are_spoken() -> None:
    assert bar_chart(_("第%(n)s期", n=3), "x", ["甲"], [Series(_("件"), [1])]).title == "第3期"
