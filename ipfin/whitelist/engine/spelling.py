"""Sheets and inputs of many firms as text: the bytes that `scoring` and `facts` would write of each.

Decides nothing of its own. Every distinct day, count or sentence is spelled once and then looked up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from json.encoder import encode_basestring
from typing import Any

from ipfin.whitelist.facts import FirmFacts, PatentFacts
from ipfin.whitelist.notes import Counts, Note, said
from ipfin.whitelist.scorecard import canonical_json


class Spelled(dict[Any, str]):
    """The text of values that come again and again; a value is spelled when it is first met."""

    def __init__(self, spell: Callable[[Any], str]) -> None:
        """Take the function that spells a value."""
        super().__init__()
        self._spell = spell

    def __missing__(self, value: Any) -> str:
        """Spell a value and keep it."""
        found = self[value] = self._spell(value)
        return found


def _json(value: object) -> str:
    return canonical_json(value).decode()


def fixed(places: int) -> Callable[[int], str]:
    """Return how a whole number of 10^-places is spelled, without trailing zeros."""

    def spell(number: int) -> str:
        whole, rest = divmod(abs(number), 10**places)
        text = f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")
        return f"-{text}" if number < 0 else text

    return spell


class InputSpeller:
    """Digests of the facts that sheets were computed from, as `scoring.inputs_digest` gives them.

    Args:
        on: the day of the data.
        fingerprint: of the cohorts.
    """

    def __init__(self, on: date, fingerprint: str) -> None:
        """Spell what is the same for all firms."""
        self._head = f'{{"cohorts":{_json(fingerprint)},"facts":'
        self._tail = f',"on":{_json(on)}}}'
        self._numbers = Spelled(_json)
        self._days = Spelled(_json)
        self._classes = Spelled(_json)
        self._flags = Spelled(lambda flags: _json(sorted(flags)))
        self._firms = Spelled(lambda facts: _json(facts.as_inputs()))

    def digest(self, facts: FirmFacts) -> str:
        """Return the digest of one firm's facts."""
        patents = sorted(facts.patents, key=_number)
        rows = ",".join(map(self._patent, patents))
        firm = self._firms[replace(facts, patents=())].replace('"patents":[]', f'"patents":[{rows}]', 1)
        return hashlib.sha256(f"{self._head}{firm}{self._tail}".encode()).hexdigest()

    def _patent(self, patent: PatentFacts) -> str:
        days, numbers = self._days, self._numbers
        return (
            f"[{encode_basestring(patent.number)},{days[patent.kind]},{days[patent.validity]}"
            f",{days[patent.filed_on]},{numbers[patent.filing_year]},{days[patent.granted_on]}"
            f",{_TRUTH[patent.was_granted]},{days[patent.expires_on]},{self._classes[patent.ipc_subclasses]}"
            f",{numbers[patent.claims_count]},{numbers[patent.cited_by_count]},{self._flags[patent.flags]}"
            f",{_TRUTH[patent.tells_flags]},{days[patent.transferred_in_on]},{days[patent.twin_number]}]"
        )


_TRUTH = {True: "true", False: "false"}


def _number(patent: PatentFacts) -> str:
    return str(patent.number)


class LineSpeller:
    """The line of one indicator on a sheet, in the order of canonical JSON."""

    def __init__(self, code: str, weight: str) -> None:
        """Spell what is the same for all firms."""
        self._head = f'{{"code":{_json(code)},"contribution":"'
        self._tail = f',"weight":{_json(weight)}}}'

    def line(self, part: str, missing: str, note: str, points: str, value: str) -> str:
        """Return the line; `missing`, `note`, `points` and `value` are JSON already."""
        reasons = f'"missing":{missing},"note":{note},"points":{points},"value":{value}'
        return f'{self._head}{part}",{reasons}{self._tail}'


def note_speller() -> Spelled:
    """Return the JSON of a case by (note, total, unknown, only_year)."""

    def spell(key: tuple[int, int, int, int]) -> str:
        sentence = said(Note(key[0]), counts_for(*key))
        return "null" if sentence is None else _json(sentence.as_json())

    return Spelled(spell)


def counts_for(note: int, total: int, unknown: int, only_year: int) -> Counts:
    """Return the counts that the sentence of a case has, and no other."""
    return {
        Note.STATUS_UNKNOWN: Counts(total=total, unknown=unknown),
        Note.LEFT_OUT: Counts(unknown=unknown),
        Note.ONLY_YEAR: Counts(only_year=only_year),
    }.get(Note(note), Counts())
