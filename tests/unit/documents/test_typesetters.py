"""A started typesetter is kept for the next document, for a while, and never for two at once."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from ipfin.documents.pdf import PdfFailed
from ipfin.documents.pdf_worker import write_frame
from ipfin.documents.typesetters import Stock

PAGE = '<!doctype html><html lang="zh-CN"><head><title>题</title></head><body><p>好</p></body></html>'


@pytest.fixture
def stock() -> Iterator[Stock]:
    lending = Stock()
    yield lending
    lending.close()


def used(stock: Stock) -> int:
    """Make a document with a lent typesetter; return which child made it."""
    with stock.lent() as typesetter:
        assert typesetter.set_html(PAGE, "名录").content.startswith(b"%PDF-")
        assert typesetter.child_id is not None
        return typesetter.child_id


def title_of(content: bytes) -> str:
    return str(PdfReader(io.BytesIO(content)).metadata.title)  # type: ignore[union-attr]


def runs(child: int) -> bool:
    return Path(f"/proc/{child}").exists()


def test_the_next_document_is_made_by_the_child_that_waits(stock: Stock) -> None:
    assert used(stock) == used(stock)


def test_two_documents_at_once_are_made_by_two_children_and_one_waits(stock: Stock) -> None:
    with stock.lent() as first:
        first.set_html(PAGE, "一")
        kept, other = first.child_id, used(stock)
        assert kept not in (None, other)
    assert not runs(kept or 0), "the other was given back before and waits already"
    assert used(stock) == other


def test_a_child_is_not_used_again_after_anything_broke_off(stock: Stock) -> None:
    before = used(stock)

    def break_off() -> None:
        with stock.lent() as typesetter:
            typesetter.set_html(PAGE, "名录")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert not runs(before)
    assert used(stock) != before


def test_a_child_that_died_while_waiting_spoils_no_document(stock: Stock) -> None:
    before = used(stock)
    os.kill(before, 9)
    deadline = time.monotonic() + 10
    while runs(before) and Path(f"/proc/{before}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert used(stock) != before


def test_nobody_waits_for_ever() -> None:
    stock = Stock(idle_seconds=0.05)
    child = used(stock)
    deadline = time.monotonic() + 10
    while runs(child):
        assert time.monotonic() < deadline, "it still waits"
        time.sleep(0.01)


def test_a_typesetter_that_was_not_used_leaves_nothing(stock: Stock) -> None:
    with stock.lent() as typesetter:
        assert typesetter.child_id is None
    stock.close()


def test_what_waits_belongs_to_this_process_only(stock: Stock) -> None:
    child = used(stock)
    with stock.lent() as waiting:
        pass
    stock.forget()  # what a fork does in the new process
    assert runs(child)
    waiting.close()


def test_many_threads_get_their_own_document_each(stock: Stock) -> None:
    found: dict[int, str] = {}

    def make(number: int) -> None:
        with stock.lent() as typesetter:
            page = PAGE.replace("题", f"第{number}份")
            found[number] = title_of(typesetter.set_html(page, "名录").content)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"第{number}份" for number in range(4)}


def test_the_answer_to_another_question_is_nobodys_document(stock: Stock) -> None:
    with stock.lent() as typesetter:
        typesetter.set_html(PAGE, "名录")
        child = typesetter._child
        assert child is not None
        assert child.stdin is not None
        write_frame(child.stdin, {"number": 99}, PAGE.encode())  # its answer comes first
        with pytest.raises(PdfFailed):
            typesetter.set_html(PAGE, "函")
        assert typesetter.child_id is None
        assert typesetter.set_html(PAGE, "函").content.startswith(b"%PDF-")
