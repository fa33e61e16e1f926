"""PDFs set from templates: what stands in them is what was put in, and nothing is fetched for them."""

from __future__ import annotations

import http.server
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ipfin.documents import papers
from ipfin.documents.letter import document_number, letter_job
from ipfin.documents.pdf import (
    PdfFailed,
    PdfJob,
    Setting,
    Stillness,
    Typesetter,
    long_date,
    render_html,
    render_many,
    render_pdf,
)
from ipfin.documents.proof import fonts_check, page_count, pdf_text, squeezed
from tests.unit.documents import printing
from tests.unit.documents.printing import CHECK, EVENT, MARKUP, RARE

HEAD = "<!doctype html><html lang='zh'><meta charset='utf-8'><title>t</title>"


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    with Typesetter() as lent:
        yield lent


# --- What is printed --------------------------------------------------------------------------------


def every_job(text: str) -> list[PdfJob]:
    """Return each kind of document with `text` in every place where people write."""
    event = papers.EventHead(text, text, text, text, text, synthetic=True)
    slots = [papers.AgendaSlot("9:00", "1", text, text, text)]
    return [
        letter_job(
            printing.letter(
                organ=text, number=text, title=text, recipient=text, body=[text], signer=text,
                attachments=[text, text], contact=text, copies_to=text, draft=True, verification=CHECK,
            )
        ),
        papers.agenda_job(papers.Agenda(event, text, text, slots, [text], CHECK)),
        papers.wall_chart_job(papers.WallChart(event, [("1", text)], [(text, [text])])),
        papers.sign_in_job(papers.SignInSheet(event, [papers.Attendee(text, text, text, "1234", "1")], 1)),
        papers.score_sheet_job(printing.score_sheet(text)),
        papers.enterprise_profile_job(printing.profile(text)),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(6))
def test_every_character_of_a_rare_name_is_printed_embedded_and_found_by_a_search(
    typesetter: Typesetter, number: int
) -> None:
    made = typesetter.render(every_job(f"{RARE}公司")[number])

    report = fonts_check(made.content)

    assert report.is_sound, report
    assert made.replaced == ()
    assert f"{RARE}公司" in squeezed(pdf_text(made.content))


@pytest.mark.parametrize("number", range(6))
def test_markup_in_a_name_is_printed_as_it_was_typed(typesetter: Typesetter, number: int) -> None:
    job = every_job("某某" + "；".join(MARKUP))[number]

    printed = squeezed(pdf_text(typesetter.render(job).content))

    for payload in MARKUP:
        assert squeezed(payload) in printed


def test_a_character_that_no_font_has_is_shown_and_reported(typesetter: Typesetter) -> None:
    made = typesetter.render(letter_job(printing.letter(recipient="某\ue000某\U00031350银行")))

    assert made.replaced == ("\ue000", "\U00031350")
    assert "某〓某〓银行" in squeezed(pdf_text(made.content))
    assert fonts_check(made.content).is_sound


def test_characters_that_xml_forbids_do_not_stop_a_document(typesetter: Typesetter) -> None:
    made = typesetter.render(letter_job(printing.letter(recipient="某\x0b某\x00\ud800银行")))
    assert "某某银行" in squeezed(pdf_text(made.content))


def test_a_letter_holds_all_its_parts_in_order(typesetter: Typesetter) -> None:
    whole = printing.letter(attachments=["名录", "说明"], copies_to="某某分局", verification=CHECK)

    printed = squeezed(pdf_text(typesetter.render(letter_job(whole)).content))

    parts = [
        "安知〔2026〕3号",
        "关于提供专利企业名录的函",
        "某某银行安阳分行：",
        "现将名录提供给贵行。",
        "附件：1．名录2．说明",
    ]
    parts += ["安阳市知识产权局2026年3月5日", "抄送：某某分局。"]
    places = [printed.index(part) for part in parts]
    assert places == sorted(places)
    assert CHECK.code in printed
    assert CHECK.url in printed


@pytest.mark.parametrize(("draft", "synthetic"), [(True, False), (False, True), (False, False)])
def test_a_draft_and_made_up_data_say_so(typesetter: Typesetter, draft: bool, synthetic: bool) -> None:
    printed = pdf_text(
        typesetter.render(letter_job(printing.letter(draft=draft, synthetic=synthetic))).content
    )

    assert ("草稿" in squeezed(printed)) == draft
    assert ("演示数据" in squeezed(printed)) == synthetic


def test_made_up_data_says_so_on_every_page(typesetter: Typesetter) -> None:
    event = papers.EventHead("会", "上午", "楼", "局", synthetic=True)
    sheet = papers.SignInSheet(event, [papers.Attendee("公司")] * 60)

    content = typesetter.render(papers.sign_in_job(sheet)).content

    pages = pdf_text(content).split("\f")
    assert len(pages) == page_count(content) >= 3
    assert all("演示数据" in squeezed(page) for page in pages)
    assert all("手机尾号" in squeezed(page) for page in pages), "the header is repeated"


def test_the_watermark_stands_on_every_page(typesetter: Typesetter) -> None:
    sheet = printing.score_sheet(watermark="某某银行·张三·WM-7", notes=["说明"] * 90)
    pages = pdf_text(typesetter.render(papers.score_sheet_job(sheet)).content).split("\f")
    assert len(pages) >= 2
    assert all(page.count("WM-7") >= 2 for page in pages)


def test_an_agenda_without_meetings_says_so(typesetter: Typesetter) -> None:
    made = typesetter.render(papers.agenda_job(printing.agenda(slots=[])))
    assert "没有为您安排一对一洽谈" in squeezed(pdf_text(made.content))


def test_the_profile_of_a_firm_with_many_patents_is_one_page(typesetter: Typesetter) -> None:
    from ipfin.documents.charts import Series, stacked_bar_chart

    years = [str(y) for y in range(2016, 2027)]
    chart = stacked_bar_chart(
        "历年", "按年", years, [Series("发明", [1] * 11), Series("外观", [2] * 11)], height=220
    )
    title = "一种高纯度碳化硅微粉的制备方法及其在耐火材料中的应用"
    many = [{**printing.profile(title)["patents"][0], "note": ""}] * 40
    full = printing.profile(chart=chart, patents=many, facts=[("项目", "内容")] * 8, remarks=["说明"])
    assert page_count(typesetter.render(papers.enterprise_profile_job(full)).content) == 1


def test_a_wide_wall_chart_is_cut_into_pages_and_loses_no_desk(typesetter: Typesetter) -> None:
    desks = [(str(n), f"银行{n}") for n in range(1, 18)]
    chart = papers.WallChart(
        EVENT, desks, [(f"{h}:00", [f"甲{h}乙{n}" for n, _b in desks]) for h in range(9, 12)]
    )

    content = typesetter.render(papers.wall_chart_job(chart)).content

    printed = squeezed(pdf_text(content))
    assert page_count(content) == 3
    assert all(f"甲{h}乙{n}" in printed for h in range(9, 12) for n in range(1, 18))


@pytest.mark.parametrize(("desks", "sizes"), [(0, [0]), (1, [1]), (7, [7]), (8, [4, 4]), (15, [5, 5, 5])])
def test_the_pages_of_a_wall_chart_are_of_nearly_equal_width(desks: int, sizes: list[int]) -> None:
    chart = papers.WallChart(EVENT, [(str(n), "行") for n in range(desks)], [("9:00", ["甲"] * desks)])
    assert [len(panel.desks) for panel in chart.panels()] == sizes
    assert all(len(names) == len(panel.desks) for panel in chart.panels() for _time, names in panel.rows)


def test_a_document_is_tagged_titled_and_small(typesetter: Typesetter) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    content = typesetter.render(papers.agenda_job(printing.agenda())).content

    reader = PdfReader(BytesIO(content))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.metadata is not None
    assert reader.metadata.title == "洽谈日程：安阳某某有限公司"
    assert len(content) < 400_000


def test_many_documents_come_in_order_from_one_child() -> None:
    names = [f"第{n}家{RARE}公司" for n in range(5)]
    made = list(render_many(papers.agenda_job(printing.agenda(participant=name)) for name in names))
    assert all(name in squeezed(pdf_text(content)) for name, content in zip(names, made, strict=True))
    assert all(fonts_check(content).is_sound for content in made)
    assert max(map(len, made)) < 100_000, "each embeds a part of the faces of the set, not of the whole ones"


def test_a_set_that_is_not_taken_to_its_end_leaves_nothing_to_the_next(typesetter: Typesetter) -> None:
    jobs = [papers.agenda_job(printing.agenda(participant=f"第{n}家公司")) for n in range(4)]
    assert next(typesetter.render_all(jobs)).content.startswith(b"%PDF-")
    assert "名录" in pdf_text(typesetter.set_html(f"{HEAD}<p>名录", "名录").content)


def test_one_document_is_made_by_the_name_of_its_template() -> None:
    content = render_pdf("documents/letter.html", {"letter": printing.letter()})
    assert content.startswith(b"%PDF-")


@pytest.mark.parametrize(("number", "expected"), [(1, "安知战联〔2026〕1号"), (30, "安知战联〔2026〕30号")])
def test_a_document_number_has_six_cornered_brackets_and_no_zeros(number: int, expected: str) -> None:
    assert document_number("安知战联", 2026, number) == expected


@pytest.mark.parametrize(("year", "serial"), [(26, 1), (2026, 0)])
def test_a_document_number_without_a_full_year_or_serial_is_refused(year: int, serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        document_number("安知", year, serial)


def test_dates_are_written_as_each_language_writes_them() -> None:
    day = printing.letter().on
    assert (long_date(day), long_date(day, "en")) == ("2026年3月5日", "5 March 2026")


def test_the_language_of_the_reader_stands_in_the_document() -> None:
    assert '<html lang="en">' in render_html(
        "documents/letter.html", {"letter": printing.letter()}, locale="en"
    )


# --- What is refused --------------------------------------------------------------------------------


class _Canary(http.server.BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_GET(self) -> None:
        self.hits.append(self.path)
        self.send_response(302)
        self.send_header("Location", "file:///etc/passwd")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def canary_server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Canary) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


HOSTILE = {
    "an image": "<img src='{web}/a.png'>",
    "a style sheet": "<link rel='stylesheet' href='{web}/a.css'>",
    "an import": "<style>@import url('{web}/a.css');</style>",
    "a background": "<p style='background:url({web}/a.png)'>x</p>",
    "a font": "<style>@font-face{{font-family:x;src:url({web}/a.ttf)}}p{{font-family:x}}</style><p>x</p>",
    "an object": "<object data='{web}/a.svg'></object><embed src='{web}/b.svg'>",
    "an attachment from the web": "<link rel='attachment' href='{web}/a'>",
    "a local file as an attachment": "<link rel='attachment' href='file://{secret}'>",
    "a local file as an attached link": "<a rel='attachment' href='file://{secret}'>x</a>",
    "a local file as an image": "<img src='file://{secret}'>",
    "a local file over a relative path": "<img src='../../../../../../..{secret}'>",
    "a local file behind the static folder": "<img src='file://{static}/css/../../../../../../..{secret}'>",
    "an encoded path": "<img src='file://{static}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e{secret}'>",
    "a file on another host": "<img src='file://127.0.0.1{secret}'>",
    "an image inside an image": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
    "<image href='{web}/a.png' width='9' height='9'/></svg>\">",
    "an inline drawing": "<svg><image href='{web}/a.png' width='9' height='9'/></svg>",
    "an address in capitals": "<img src='HTTP://{host}/a.png'>",
    "another protocol": "<img src='ftp://{host}/a.png'>",
}  # fmt: skip


@pytest.mark.parametrize("attack", HOSTILE)
def test_markup_that_points_outside_fetches_nothing_and_makes_no_document(
    typesetter: Typesetter, canary_server: str, tmp_path: Path, attack: str
) -> None:
    secret = tmp_path / "canary.txt"
    secret.write_text("CANARY-7319")
    html = HOSTILE[attack].format(
        web=canary_server, host=canary_server[7:], secret=secret, static=Setting().static_folder
    )
    _Canary.hits.clear()

    with pytest.raises(PdfFailed, match="指向外部的地址"):
        typesetter.set_html(f"{HEAD}<body>{html}", "名录")

    assert _Canary.hits == []


@pytest.mark.parametrize(
    "markup",
    [
        "<svg><use href='{web}/b.svg#x'/></svg>",
        "<iframe src='{web}/a.html'></iframe>",
        "<script src='{web}/a.js'></script>",
        "<meta http-equiv='refresh' content='0;url={web}/'>",
        "<a href='{web}/a'>x</a><a href='file:///etc/passwd'>y</a>",
        "<video src='{web}/a.mp4' poster='{web}/a.png'></video>",
    ],
)
def test_addresses_that_a_printed_page_has_no_use_for_are_not_opened(
    typesetter: Typesetter, canary_server: str, markup: str
) -> None:
    _Canary.hits.clear()
    content = typesetter.set_html(f"{HEAD}<body>{markup.format(web=canary_server)}", "名录").content
    assert _Canary.hits == []
    assert b"/EmbeddedFile" not in content


def test_a_link_out_of_the_static_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    static = tmp_path / "static"
    static.mkdir()
    (static / "document.css").write_text("")
    (static / "own.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (static / "link.svg").symlink_to(tmp_path / "secret.svg")
    with Typesetter(Setting(static_folder=static, stylesheet="document.css")) as own:
        own.set_html(f"{HEAD}<img src='own.svg'>", "自己的图")
        with pytest.raises(PdfFailed):
            own.set_html(f"{HEAD}<img src='link.svg'>", "别处的图")


def test_a_refused_document_does_not_stop_the_next(typesetter: Typesetter) -> None:
    with pytest.raises(PdfFailed):
        typesetter.set_html(f"{HEAD}<img src='http://127.0.0.1:1/x'>", "名录")
    assert typesetter.set_html(f"{HEAD}<p>好", "名录").content.startswith(b"%PDF-")


def test_an_image_that_carries_itself_is_printed(typesetter: Typesetter) -> None:
    assert typesetter.set_html(f"{HEAD}<img src='{CHECK.qr_image}'>", "码").content.startswith(b"%PDF-")


def test_the_child_can_reach_no_host_and_start_no_program() -> None:
    attempts = ["socket.create_connection(('127.0.0.1', 9))", "socket.gethostbyname('example.org')"]
    attempts += ["subprocess.run(['true'])", "os.system('true')", "os.fork()"]
    for attempt in attempts:
        program = (
            "import os, socket, subprocess\nfrom ipfin.documents.pdf_worker import bar_network_and_programs\n"
        )
        program += (
            f"bar_network_and_programs()\ntry:\n    {attempt}\nexcept PermissionError:\n    print('barred')"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout == "barred\n", attempt


def test_the_child_inherits_no_setting_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPFIN_SECRET_KEY", "CANARY-7319")
    with Typesetter() as own:
        own.set_html(f"{HEAD}<p>x", "x")
        children = []
        for task in Path("/proc/self/task").iterdir():
            with suppress(FileNotFoundError):  # a thread that ended meanwhile has none
                children += (task / "children").read_text().split()
        environments = {child: Path(f"/proc/{child}/environ").read_bytes() for child in children}
    assert any(b"PYTHONPATH" in content for content in environments.values())
    assert not any(b"CANARY-7319" in content for content in environments.values())


def test_a_document_that_takes_too_long_is_stopped_and_named() -> None:
    rows = "<tr>" + "<td>文字" * 30
    with Typesetter(Setting(seconds=1, megabytes=1500)) as own:
        with pytest.raises(PdfFailed, match="“大表”在1秒内没有排完"):
            own.set_html(f"{HEAD}<table>{rows * 1000}", "大表")
        assert own.set_html(f"{HEAD}<p>好", "名录").content.startswith(b"%PDF-")


def test_a_child_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with Typesetter(Setting(patience=0)) as own, pytest.raises(PdfFailed, match="中止"):
        own.set_html(f"{HEAD}<p>好", "名录")


def test_a_child_that_works_is_not_ended_by_the_clock() -> None:
    rows = "<tr>" + "<td>文字" * 30
    with (
        Typesetter(Setting(seconds=5, patience=2, megabytes=1500)) as own,
        pytest.raises(PdfFailed, match="“大表”在5秒内没有排完"),
    ):
        own.set_html(f"{HEAD}<table>{rows * 1000}", "大表")


def test_a_child_that_stands_still_is_ended_and_said_to_stand_still() -> None:
    with Typesetter(Setting(patience=1)) as own:
        own.set_html(f"{HEAD}<p>好", "名录")
        assert own.child_id is not None
        os.kill(own.child_id, signal.SIGSTOP)
        with pytest.raises(PdfFailed, match="“名录”没有生成：排版程序超过1秒没有进展"):
            own.set_html(f"{HEAD}<p>好", "名录")
        assert own.set_html(f"{HEAD}<p>好", "名录").content.startswith(b"%PDF-")


def test_standing_still_is_counted_from_the_last_moment_of_work() -> None:
    still = Stillness(patience=300)
    seen = [(1.0, 0.0), (1.0, 299.0), (1.01, 300.0), (1.01, 599.0), (1.01, 600.0)]
    assert [still.is_over(used, now) for used, now in seen] == [False, False, False, False, True]


def test_a_document_that_takes_too_much_memory_is_given_up_and_the_next_is_made() -> None:
    with Typesetter(Setting(megabytes=400, seconds=30)) as own:
        with pytest.raises(PdfFailed, match="内存不足"):
            own.set_html(f"{HEAD}<p>" + "字" * 40_000_000, "大表")
        assert own.set_html(f"{HEAD}<p>好", "名录").content.startswith(b"%PDF-")


def test_an_ordinary_document_takes_less_than_half_of_its_memory_however_the_threads_fall() -> None:
    words = f"{HEAD}<h1>名录</h1><p>专利<b>权</b>质押<i>登记</i><code>ZL2019</code>"
    with Typesetter() as own:
        for number in range(3):
            own.set_html(f"{words}{number}", "名录")
        assert own.child_id is not None
        own_settings = Path(f"/proc/{own.child_id}/environ").read_bytes().split(b"\0")
        status = Path(f"/proc/{own.child_id}/status").read_text()
    (peak_kb,) = re.findall(r"VmPeak:\s+(\d+)", status)
    assert int(peak_kb) < own.setting.megabytes * 1024 / 2
    assert b"MALLOC_ARENA_MAX=1" in own_settings  # with more of them, the peak depends on how threads fall


def test_a_dead_child_is_replaced(typesetter: Typesetter) -> None:
    typesetter.set_html(f"{HEAD}<p>好", "名录")
    assert typesetter.child_id is not None
    os.kill(typesetter.child_id, 9)
    with pytest.raises(PdfFailed, match="中止"):
        typesetter.set_html(f"{HEAD}<p>好", "名录")
    assert typesetter.set_html(f"{HEAD}<p>好", "名录").content.startswith(b"%PDF-")
