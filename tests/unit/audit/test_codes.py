"""Every action has a sentence, and only what has one can be recorded."""

from __future__ import annotations

import re

import pytest

from ipfin.audit.codes import CODES, MISSING, check, places, sentence


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_is_dotted_and_its_sentence_is_chinese(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z]+){1,2}", code)
    assert len(code) <= 80
    assert re.search(r"[一-鿿]", CODES[code].template)
    assert sentence(code, dict.fromkeys(places(code), "甲"))


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown audit code"):
        check("registry.batch.eaten", {})


def test_a_sentence_without_its_values_is_refused() -> None:
    with pytest.raises(ValueError, match="filename"):
        check("registry.batch.uploaded", {"rows": 3})


def test_more_detail_than_the_sentence_shows_is_welcome() -> None:
    check("registry.batch.uploaded", {"filename": "名单.xlsx", "sha256": "0" * 64})


def test_a_sentence_is_filled_from_the_detail() -> None:
    assert sentence("registry.batch.uploaded", {"filename": "名单.xlsx"}) == "上传名单名单.xlsx"


def test_an_entry_older_than_its_sentence_is_still_shown() -> None:
    assert sentence("registry.batch.uploaded", {}) == f"上传名单{MISSING}"
    assert sentence("registry.batch.eaten", {}) == "registry.batch.eaten"
