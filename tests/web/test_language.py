"""Two languages, each whole: the English catalogue is complete, and no page mixes them.

The pages of the demonstration city are read word by word. What people typed (names of firms, files and
events, titles of patents) stays as it is in either language; it is read from the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

import catalogue
import pytest
from babel.messages.mofile import write_mo
from sqlalchemy import RowMapping, create_engine, select

from ipfin import schema
from ipfin.db import Base
from ipfin.kernel import text as kernel_text
from tests.demonstration import City, city_of_run
from tests.walking import parsed
from tests.web.strolling import Step, Stroll, stroll

# Everybody's walk is one set-up, on a machine that others may be using.
pytestmark = pytest.mark.timeout(600)

CHINESE = re.compile(r"[\u3400-\u9fff]|[，。；：、“”]")
LATIN = re.compile(r"[A-Za-z][A-Za-z-]{2,}")
# Words that Chinese writes with Latin letters too: kinds of file, standards, units, programs, keys.
SHARED_WORDS = """xlsx xlsm xls xlsb ods csv txt pdf zip ics ipc gbk json excel url https http invalid demo
    office microsoft authenticator freeotp incopat api totp sqlite postgresql python chromium linux ahp
    cookie alt shift firefox numpy word docx ppt pptx png jpg
    anyang-whitelist version"""
SHARED = frozenset(SHARED_WORDS.split())
# Codes with digits, addresses, mails, names of files and random names of rows (one in sixteen has no digit)
# belong to no language. A Chinese character touches them without a space, hence the boundaries of ASCII.
CODES = re.compile(
    r"\S*[@/\\_.]\S*|\b[a-z]+:\d+\b|\b\w*\d\w*(?:-\w+)*\b|\b(?=[A-Za-z]*[a-z][A-Z])[A-Za-z]{16}\b",
    re.ASCII,
)
READ_ALOUD = ("title", "placeholder", "aria-label", "alt", "data-label", "data-confirm")
SILENT = frozenset({"script", "style", "template", "svg"})
# Tables whose text is a sentence of ours (translated when it is shown), not something that somebody typed.
OUR_SENTENCES = frozenset({"notice", "outbox_mail", "audit_entry", "job"})


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> City:
    return city_of_run(tmp_path_factory, worker_id)


@pytest.fixture(scope="module")
def chinese(city: City, tmp_path_factory: pytest.TempPathFactory) -> Stroll:
    return stroll(city, tmp_path_factory.getbasetemp() / "strolls", "zh_CN")


@pytest.fixture(scope="module")
def english(city: City, tmp_path_factory: pytest.TempPathFactory) -> Stroll:
    _compile_catalogue()
    return stroll(city, tmp_path_factory.getbasetemp() / "strolls", "en")


def _compile_catalogue() -> None:
    """Make of the catalogue what the product reads, if that has not been done since it changed."""
    source = catalogue.ENGLISH
    made = source.with_suffix(".mo")
    if source.exists() and (not made.exists() or made.stat().st_mtime_ns < source.stat().st_mtime_ns):
        with made.open("wb") as file:
            write_mo(file, catalogue.read(source))
        kernel_text._catalogue.cache_clear()


@lru_cache(maxsize=2)
def typed_words(city: City) -> tuple[frozenset[str], re.Pattern[str]]:
    """Return what people typed into the city: whole values, and the names that occur within sentences."""
    schema.all_tables()
    engine, whole, names = create_engine(city.url), set(), {"安阳市", "安阳市知识产权局"}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(*table.columns)).mappings():
                found = {value for value in _values(table.name, row) if CHINESE.search(value)}
                whole |= found
                # Of a patent, its title is quoted in sentences (the timeline of a firm).
                names |= found if table.name != "patent" else {row["title"]} & found
    engine.dispose()
    longest_first = sorted((name for name in names if len(name) <= 80), key=len, reverse=True)
    return frozenset(whole), re.compile("|".join(map(re.escape, longest_first)))


def _values(table: str, row: RowMapping) -> Iterator[str]:
    """Yield what somebody typed in one row; a sentence of ours says its template and is none."""
    for column, value in row.items():
        is_ours = table in OUR_SENTENCES and not column.endswith("_by")
        if isinstance(value, str) and not is_ours and value[:1] not in ("[", "{"):
            yield value
        if table == "event_question" and column == "options":
            yield from value
        if table == "match_candidate" and column == "features":
            # The sentences are ours; the parts of firms' names in them are not.
            yield from (
                part
                for told in value
                for part in told["sentence"]["params"].values()
                if isinstance(part, str)
            )


def spoken(element: Element, language: str) -> Iterator[tuple[Element, str]]:
    """Yield the texts of a page that are to be in the page's own language."""
    said = element.get("lang") or language
    if element.tag in SILENT or not said.startswith(language) or _is_code(element):
        return
    for name in READ_ALOUD:
        if element.get(name):
            yield element, element.get(name) or ""
    if element.tag == "input" and element.get("type") in ("submit", "button"):
        yield element, element.get("value") or ""
    yield element, element.text or ""
    for child in element:
        yield from spoken(child, language)
        yield element, child.tail or ""


def _is_code(element: Element) -> bool:
    return element.tag in ("code", "pre", "kbd", "textarea") or "code" in (element.get("class") or "").split()


def chinese_in(root: Element, city: City) -> Iterator[str]:
    """Yield the texts of an English page in which Chinese is left when names are taken away."""
    whole, names = typed_words(city)
    for _element, text in spoken(root, "en"):
        words = " ".join(text.split())
        if CHINESE.search(words) and words not in whole and CHINESE.search(names.sub("", words)):
            yield words[:90]


def english_in(root: Element, city: City) -> Iterator[str]:
    """Yield the English words of a Chinese page."""
    _whole, names = typed_words(city)
    for _element, text in spoken(root, "zh"):
        for word in LATIN.findall(CODES.sub(" ", names.sub(" ", text))):
            if word.lower() not in SHARED and not word.isupper():
                yield f"{word}, in “{' '.join(text.split())[:60]}”"


def leaks(pages: Iterator[Step], reader, city: City) -> dict[str, str]:
    """Return what the reader found: text and the first page where it stands."""
    found: dict[str, str] = {}
    for step in pages:
        assert step.root is not None
        for text in reader(step.root, city):
            found.setdefault(text, f"{step.role} {step.endpoint}")
    return found


def told(found: dict[str, str]) -> str:
    lines = [f"{place}: {text}" for text, place in sorted(found.items(), key=lambda pair: (pair[1], pair[0]))]
    return f"{len(lines)} texts:\n" + "\n".join(lines)


@pytest.mark.parametrize("row", ["kKMZqqoYNhBkguAm", "Eq4gOjWDGPBuOfUH", "QWERTYUIOPasDFGH"])
@pytest.mark.parametrize("sentence", ["反馈约定事项（推送%s）", "推送 %s 已送达", "%s已送达"])
def test_the_random_name_of_a_row_is_no_english(sentence: str, row: str) -> None:
    assert not LATIN.findall(CODES.sub(" ", sentence % row))


@pytest.mark.parametrize("word", ["Settings", "internationalise", "Responsibilities"])
def test_a_word_beside_chinese_is_english(word: str) -> None:
    assert LATIN.findall(CODES.sub(" ", f"推送3家{word}（共12家）")) == [word]


def test_every_sentence_of_the_source_has_its_english() -> None:
    assert catalogue.ENGLISH.exists(), "there is no English catalogue: make messages"
    faults = catalogue.faults()
    assert not faults, f"{len(faults)} faults, the first:\n" + "\n".join(faults[:40])


def test_no_english_page_shows_chinese(english: Stroll, city: City) -> None:
    found = leaks(english.pages, chinese_in, city)
    assert not found, told(found)


def test_no_chinese_page_shows_english(chinese: Stroll, city: City) -> None:
    found = leaks(chinese.pages, english_in, city)
    assert not found, told(found)


def test_every_page_says_which_language_it_speaks(chinese: Stroll, english: Stroll) -> None:
    wrong = [
        step.place
        for pages, language in ((chinese.pages, "zh-CN"), (english.pages, "en"))
        for step in pages
        if step.root is not None and step.root.get("lang") != language
    ]
    assert wrong == []


def test_planted_leaks_are_found_and_names_are_none(city: City) -> None:
    page = parsed(
        '<html lang="en"><p>Firm 洹水示例银行安阳分行</p><p title="提示">x</p><p>来源</p>'
        '<button lang="zh-CN">中文</button><span class="code">甲</span></html>'
    )
    assert set(chinese_in(page, city)) == {"提示", "来源"}
    page = parsed('<html lang="zh-CN"><p>状态 submitted</p><p>XLSX 与 office@demo.invalid</p></html>')
    assert [leak.split(",")[0] for leak in english_in(page, city)] == ["submitted"]
