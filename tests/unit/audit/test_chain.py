"""The hash chain: every kind of tampering is found and named by its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.audit.chain import (
    GENESIS,
    Fault,
    Head,
    Link,
    canonical_json,
    instant_text,
    link_hash,
    verify,
)
from ipfin.kernel.actor import Role
from ipfin.kernel.text import _

START = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


def chain_of(length: int) -> list[Link]:
    links: list[Link] = []
    previous = GENESIS
    for number in range(1, length + 1):
        link = Link(
            id=number,
            at=START + timedelta(seconds=number),
            actor_user_id=number % 3 or None,
            actor_name="用户",
            actor_role="bank",
            organisation_id=7,
            action="documents.downloaded",
            subject=f"document:{number}",
            detail=canonical_json({"title": f"名录{number}"}),
            address="192.0.2.1",
            previous_hash=previous,
        )
        link = replace(link, hash=link_hash(link))
        links.append(link)
        previous = link.hash
    return links


def head_of(links: list[Link]) -> Head:
    return Head(links[-1].id, links[-1].hash) if links else Head(0, GENESIS)


def forged(link: Link, **changes: object) -> Link:
    """A row changed by somebody who knows how the hash is made."""
    link = replace(link, **changes)  # type: ignore[arg-type]
    return replace(link, hash=link_hash(link))


def test_the_digest_is_sm3_over_the_spelled_out_row() -> None:
    # GB/T 32905-2016, example 1: the digest of "abc".
    from ipfin.audit.chain import _sm3

    assert _sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.parametrize("length", [0, 1, 2, 50])
def test_an_untouched_chain_is_sound(length: int) -> None:
    links = chain_of(length)
    report = verify(links, head_of(links), head_of(links))
    assert report.is_sound
    assert report.rows == length


@pytest.mark.parametrize(
    "change",
    [
        {"actor_name": "别人"},
        {"actor_user_id": None},
        {"actor_role": "admin"},
        {"organisation_id": None},
        {"action": "documents.issued"},
        {"subject": "document:9"},
        {"detail": "{}"},
        {"address": ""},
        {"at": START},
        {"previous_hash": GENESIS},
    ],
)
def test_a_change_of_any_field_is_found_where_it_is(change: dict[str, object]) -> None:
    links = chain_of(9)
    links[4] = replace(links[4], **change)  # type: ignore[arg-type]
    (found,) = verify(links, head_of(links)).findings
    assert (found.fault, found.first_id, found.last_id) == (Fault.EDITED, 5, 5)


def test_an_edit_with_a_new_hash_breaks_the_link_to_the_next_row() -> None:
    links = chain_of(9)
    links[4] = forged(links[4], actor_name="别人")
    (found,) = verify(links, head_of(links)).findings
    assert (found.fault, found.first_id, found.last_id) == (Fault.UNLINKED, 5, 6)


def test_an_edit_of_the_last_row_with_a_new_hash_differs_from_the_head() -> None:
    links = chain_of(9)
    head = head_of(links)
    links[8] = forged(links[8], actor_name="别人")
    (found,) = verify(links, head).findings
    assert (found.fault, found.first_id) == (Fault.HEAD_DIFFERS, 9)


@pytest.mark.parametrize(("taken", "first", "last"), [((4,), 5, 5), ((0,), 1, 1), ((3, 4, 5), 4, 6)])
def test_removed_rows_are_named(taken: tuple[int, ...], first: int, last: int) -> None:
    links = chain_of(9)
    kept = [link for place, link in enumerate(links) if place not in taken]
    (found,) = verify(kept, head_of(links)).findings
    assert (found.fault, found.first_id, found.last_id) == (Fault.REMOVED, first, last)


@pytest.mark.parametrize(("one", "other"), [(2, 6), (4, 5), (0, 8)])
def test_two_rows_that_changed_places_are_both_named(one: int, other: int) -> None:
    links = chain_of(9)
    links[one], links[other] = (
        replace(links[other], id=links[one].id),
        replace(links[one], id=links[other].id),
    )
    findings = verify(links, head_of(chain_of(9))).findings
    moved = [found.first_id for found in findings if found.fault is Fault.MOVED]
    assert moved == [one + 1, other + 1]


@pytest.mark.parametrize("kept", [8, 5, 0])
def test_a_tail_that_was_cut_off_is_named(kept: int) -> None:
    links = chain_of(9)
    (found,) = verify(links[:kept], head_of(links)).findings
    assert (found.fault, found.first_id, found.last_id) == (Fault.TRUNCATED, kept + 1, 9)


def test_a_tail_cut_off_together_with_the_head_is_found_by_the_exported_head() -> None:
    links = chain_of(9)
    short = links[:8]
    assert verify(short, head_of(short)).is_sound, "nothing inside the database can tell"
    (found,) = verify(short, head_of(short), head_of(links)).findings
    assert (found.fault, found.first_id) == (Fault.NOT_AS_EXPORTED, 9)


def test_a_chain_rewritten_as_a_whole_is_found_by_the_exported_head() -> None:
    links = chain_of(9)
    exported = head_of(links[:7])
    rewritten = links[:4]
    for link in links[4:]:
        rewritten.append(forged(link, actor_name="别人", previous_hash=rewritten[-1].hash))
    assert verify(rewritten, head_of(rewritten)).is_sound
    (found,) = verify(rewritten, head_of(rewritten), exported).findings
    assert (found.fault, found.first_id) == (Fault.NOT_AS_EXPORTED, 7)


def test_a_row_appended_without_the_head_is_found() -> None:
    links = chain_of(9)
    (found,) = verify(links, head_of(links[:8])).findings
    assert found.fault is Fault.HEAD_DIFFERS


def test_a_lost_head_is_found() -> None:
    (found,) = verify(chain_of(3), None).findings
    assert found.fault is Fault.HEAD_DIFFERS


def test_two_faults_are_two_findings_in_the_order_of_the_log() -> None:
    links = chain_of(20)
    head = head_of(links)
    links[14] = replace(links[14], actor_name="别人")
    del links[3]
    faults = [(found.fault, found.first_id) for found in verify(links, head).findings]
    assert faults == [(Fault.REMOVED, 4), (Fault.EDITED, 15)]


Tamper = Callable[[list[Link], int], list[Link]]
TAMPERINGS: dict[str, Tamper] = {
    "edit": lambda links, at: [*links[:at], replace(links[at], address="203.0.113.9"), *links[at + 1 :]],
    "remove": lambda links, at: [*links[:at], *links[at + 1 :]],
    "renumber": lambda links, at: [*links[:at], *(replace(link, id=link.id - 1) for link in links[at + 1 :])],
    "insert": lambda links, at: [
        *links[: at + 1],
        *(replace(link, id=link.id + 1) for link in links[at:]),
    ],
    "cut": lambda links, at: links[:at],
}


@given(st.sampled_from(sorted(TAMPERINGS)), st.integers(2, 30), st.data())
def test_no_tampering_passes(kind: str, length: int, data: st.DataObject) -> None:
    links = chain_of(length)
    at = data.draw(st.integers(0, length - 1))
    report = verify(TAMPERINGS[kind](list(links), at), head_of(links))
    assert not report.is_sound
    assert report.findings[0].first_id <= at + 2


def test_the_same_facts_have_one_spelling() -> None:
    one = canonical_json({"b": 1, "a": {"z": date(2026, 3, 5), "y": Decimal("1.50")}, "role": Role.BANK})
    other = canonical_json({"role": "bank", "a": {"y": "1.50", "z": "2026-03-05"}, "b": 1})
    assert one == other == '{"a":{"y":"1.50","z":"2026-03-05"},"b":1,"role":"bank"}'


def test_a_sentence_keeps_its_template() -> None:
    stored = canonical_json({"reason": _("缺少%(field)s列。", field="申请号")})
    assert stored == '{"reason":{"params":{"field":"申请号"},"template":"缺少%(field)s列。"}}'


def test_a_hostile_text_is_recorded_in_one_line() -> None:
    assert canonical_json({"name": "a\r\nb\x00\ud800"}) == '{"name":"a\\r\\nb\\u0000?"}'


@pytest.mark.parametrize("value", [0.1, object(), b"bytes"])
def test_what_has_no_place_in_a_log_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json({"value": value})


def test_an_instant_is_hashed_in_utc_whatever_zone_it_came_in() -> None:
    china = START.astimezone(timezone(timedelta(hours=8)))
    assert instant_text(china) == instant_text(START) == "2026-03-05T02:00:00.000000Z"
