"""A sheet that is kept comes back to the byte, and takes little room."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.whitelist.cohorts import Measure
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.packing import dictionary, pack, unpack
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scoring import score
from tests.factories import TODAY


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=60)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert unpack(pack(text)) == text


def test_a_sheet_takes_less_than_a_fifth_and_an_old_one_is_read_as_it_stands() -> None:
    readings = {row.code: Reading(None, Missing.SOURCE) for row in default_card().indicators}
    sheet = score(readings, default_card(), data_as_of=TODAY, inputs={}, measure=Measure(1, "0" * 64))
    text = sheet.as_bytes().decode()
    assert (unpack(pack(text)), unpack(text)) == (text, text)
    assert len(pack(text)) < len(text) / 5
    assert pack(text).isascii()


def test_the_dictionary_is_the_one_that_kept_sheets_were_packed_with() -> None:
    """Never change it: make a form "2" beside it."""
    assert (
        hashlib.sha256(dictionary()).hexdigest()
        == "82e81fdae336563288d6e00860550b444141de25789335c238aec469e00730c6"
    )
