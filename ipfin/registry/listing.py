"""From a table of text to patents: every row of a list is read into a patent or refused with a reason.

Decides nothing about values by itself: spelling is `values`, words of status and terms are `patents`,
names are `applicants`, refusals are `row_checks`, repeated rows are `merging`. Here they are put together,
column by column, and counted: rows read = rows accepted + rows refused, exactly. The dry run and the
commit both stand on this one function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from itertools import compress, islice
from typing import Any, Final, TypeVar

from ipfin.kernel.collector import collector_at_rest
from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import CreditCode, parse_credit_code
from ipfin.kernel.text import _
from ipfin.registry.applicants import Applicant, applicants_of, vendor_names
from ipfin.registry.fields import DROPPED, LABELS, ListField
from ipfin.registry.headers import Mapping, missing_essentials
from ipfin.registry.listed import ListedPatent, ListedPatents, ListReading, ListWarning, RowRefusal
from ipfin.registry.merging import merge
from ipfin.registry.reading.table import RawTable
from ipfin.registry.row_checks import (
    Findings,
    Numbers,
    check_days,
    check_numbers,
    check_owners,
    check_readable,
    check_shape,
    name_totals,
)
from ipfin.registry.row_states import DayColumns, StateColumns, read_states
from ipfin.registry.statuses import Validity
from ipfin.registry.values import (
    clean_code,
    clipped,
    parse_codes,
    parse_count,
    parse_date,
    parse_industries,
    parse_ipc,
    parse_year,
    read_column,
    shown,
)

__all__ = ["ListReading", "ListWarning", "ListedPatent", "RowRefusal", "interpret"]

F = ListField
T = TypeVar("T")

_TITLE: Final = 500  # characters that are kept of a title
_WORDS: Final = 200  # and of places, firms and kinds
_MOST_WARNED: Final = 50  # distinct unreadable values of a field that are warned of
_COUNTS: Final = (
    F.CLAIMS_COUNT,
    F.INDEPENDENT_CLAIMS_COUNT,
    F.PAGES_COUNT,
    F.CITED_BY_COUNT,
    F.CITES_COUNT,
    F.FAMILY_COUNT,
    F.TRANSFER_COUNT,
    F.LICENCE_COUNT,
    F.PLEDGE_COUNT,
)


class _List:
    """A table with its mapping: reads a field as a whole column and notes what could not be read."""

    def __init__(self, table: RawTable, mapping: Mapping, findings: Findings) -> None:
        self.table = table
        self.mapping = mapping
        self.findings = findings
        self.count = table.row_count
        self._known: dict[Callable[[str], Any], dict[str, Any]] = {}  # what each rule said of each value

    def texts(self, field: ListField) -> Sequence[str] | None:
        """Return the cells of a field, None when the list has no such column."""
        column = self.mapping.column_of(field)
        return None if column is None else self.table.columns[column]

    def read(self, field: ListField, rule: Callable[[str], T], absent: T) -> list[T]:
        """Return a field read by a rule that reads anything; `absent` for every row without the column."""
        column = self.texts(field)
        if column is None:
            return [absent] * self.count
        known = self._known.setdefault(rule, {})
        for text in set(column):
            if text not in known:
                known[text] = rule(text)
        return list(map(known.__getitem__, column))

    def try_read(self, field: ListField, rule: Callable[[str], T | None]) -> list[T | None]:
        """Return a field read by a rule that may refuse; a refused value is None and is warned of once."""
        column = self.texts(field)
        if column is None:
            return [None] * self.count
        values, refused = read_column(column, rule)
        waiting = dict(islice(refused.items(), _MOST_WARNED))
        for place, text in enumerate(column if refused else ()):
            why = waiting.pop(text, None)
            if why is not None and place not in self.findings.refused:
                message = _("%(field)s%(why)s该值未采用。", field=LABELS[field], why=why)
                self.findings.warn(place, field, "unread_value", message, shown(text))
        return values

    def days(self, field: ListField) -> list[date | None]:
        """Return a field of days; a row whose day cannot be read is refused."""
        column = self.texts(field)
        if column is None:
            return [None] * self.count
        values, refused = read_column(column, parse_date)
        check_readable(column, refused, field, self.findings)
        return values


def interpret(table: RawTable, mapping: Mapping, *, as_of: date) -> ListReading:
    """Return the patents of a list, the rows refused and what is doubtful.

    Args:
        table: as read.
        mapping: which column is which field; must have the essentials.
        as_of: the day whose state the list tells; days after it are refused, terms are counted to it.

    Raises:
        BadInput: the mapping lacks a field without which no row could be taken.
    """
    missing = missing_essentials(mapping)
    if missing:
        names = "、".join(str(LABELS[field]) for field in missing)
        raise BadInput(
            _("文件“%(file)s”缺少必需的列：%(names)s；请指定对应的列。", file=table.filename, names=names)
        )
    with collector_at_rest():
        return _interpret(table, mapping, as_of)


def _interpret(table: RawTable, mapping: Mapping, as_of: date) -> ListReading:
    findings = Findings(table.row_numbers)
    source = _List(table, mapping, findings)
    check_shape(findings, table.overlong_rows, table.short_rows)
    rows = _Rows(source, as_of)
    name_totals(findings, table.columns)
    accepted = [place not in findings.refused for place in range(source.count)]
    listed = _merged(rows.patents(accepted), findings)
    return ListReading(
        filename=table.filename,
        as_of=as_of,
        mapping=mapping,
        patents=listed,
        refusals=[findings.refused[place] for place in sorted(findings.refused)],
        warnings=findings.warnings,
        rows_read=source.count,
        rows_accepted=sum(accepted),
        missing_fields=tuple(f for f in ListField if f not in DROPPED and f not in mapping.matches),
    )


class _Rows:
    """Every field of every row, read column by column."""

    def __init__(self, source: _List, as_of: date) -> None:
        self._source = source
        self._as_of = as_of
        self._numbers: Numbers = check_numbers(
            source.texts(F.OFFICE),
            source.texts(F.APPLICATION_NUMBER),
            source.texts(F.PUBLICATION_NUMBER),
            source.texts(F.GRANT_NUMBER),
            source.findings,
        )
        nobody: tuple[Applicant, ...] = ()
        self._applicants = source.read(F.APPLICANTS, applicants_of, nobody)
        self._owners = source.read(F.CURRENT_OWNERS, applicants_of, nobody)
        check_owners(self._applicants, self._owners, source.findings)
        self._filed = source.days(F.FILING_DATE)
        self._published = source.days(F.PUBLICATION_DATE)
        self._granted = source.days(F.GRANT_DATE)
        check_days(self._filed, self._published, self._granted, as_of, source.findings)

    def patents(self, accepted: Sequence[bool]) -> ListedPatents:
        """Return each accepted row as a patent by itself."""
        columns = {**self._identity(), **self._parties(), **self._states(), **self._facts()}
        if not all(accepted):
            runs = _runs_of(accepted)
            columns = {name: _within(column, runs) for name, column in columns.items()}
        return ListedPatents(columns)

    def _identity(self) -> dict[str, Sequence[Any]]:
        applications, leading = self._numbers.applications.canonical, self._numbers.leading
        keys: Sequence[str | None] = applications
        if not all(applications):
            known = self._keys_of_roots(applications, leading.roots)
            rows = zip(applications, leading.roots, strict=True)
            keys = [number or known.get(root or "", root or "") for number, root in rows]
        rows_of_grant = zip(leading.canonical, leading.is_grant, strict=True)
        return {
            "key": keys,
            "application_number": applications,
            "publication_number": leading.canonical,
            "publication_root": leading.roots,
            "grant_number": [number if is_grant else None for number, is_grant in rows_of_grant],
            "title": self._source.read(F.TITLE, clipped(_TITLE), ""),
            "row": self._source.table.row_numbers,
            "repeated_rows": [()] * self._source.count,
        }

    def _keys_of_roots(
        self, applications: Sequence[str | None], roots: Sequence[str | None]
    ) -> dict[str, str]:
        """Return the application number of each publication root, for rows that tell only the root."""
        if not any(root and not number for root, number in zip(roots, applications, strict=True)):
            return {}
        known = {root: number for root, number in zip(roots, applications, strict=True) if root and number}
        others = zip(self._numbers.publications.roots, applications, strict=True)
        return known | {root: number for root, number in others if root and number}

    def _parties(self) -> dict[str, Sequence[Any]]:
        source = self._source
        words = {
            "pledgee": F.PLEDGEE, "pledgor": F.PLEDGOR, "province": F.PROVINCE, "city": F.CITY,
            "county": F.COUNTY, "address": F.ADDRESS, "agent_firm": F.AGENT_FIRM,
        }  # fmt: skip
        return {
            "applicants": self._applicants,
            "current_owners": self._owners,
            "standard_applicant": source.read(F.STANDARD_APPLICANT, vendor_names, ""),
            "credit_code": self._credit_codes(),
            **{name: source.read(field, clipped(_WORDS), "") for name, field in words.items()},
        }

    def _credit_codes(self) -> list[str]:
        """Return well-formed codes; one with a wrong check character is in use, so kept, and warned of."""
        source = self._source
        codes = source.try_read(F.CREDIT_CODE, read_credit_code)
        wrong: dict[str, int] = {}
        for place, code in enumerate(codes):
            if code and not code.check_is_right:
                wrong.setdefault(code.value, place)
        for value, place in wrong.items():
            message = _("统一社会信用代码“%(code)s”的校验位不符，请核对。", code=value)
            source.findings.warn(place, F.CREDIT_CODE, "credit_code_check", message, value)
        return [code.value if code else "" for code in codes]

    def _states(self) -> dict[str, Sequence[Any]]:
        source, numbers = self._source, self._numbers
        states = StateColumns(
            validity=source.texts(F.VALIDITY),
            legal_status=source.texts(F.LEGAL_STATUS),
            legal_events=source.texts(F.LEGAL_EVENTS),
            kind=source.texts(F.PATENT_KIND),
            twin_filing=source.texts(F.TWIN_FILING),
        )
        days = DayColumns(
            filed=self._filed,
            granted=self._granted,
            expires=source.try_read(F.EXPIRY_DATE, parse_date),
            filing_year=source.try_read(F.FILING_YEAR, parse_year),
        )
        told = read_states(states, days, numbers, self._as_of, source.findings)
        return {
            **{field.name: getattr(told, field.name) for field in fields(told)},
            "filed_on": self._filed,
            "published_on": self._published,
            "granted_on": self._granted,
        }

    def _facts(self) -> dict[str, Sequence[Any]]:
        source = self._source
        nothing: tuple[str, ...] = ()
        mains = source.read(F.IPC_MAIN, parse_ipc, nothing)
        classes = source.read(F.IPC_ALL, parse_ipc, nothing)
        return {
            "ipc_main": [(main or every or ("",))[0] for main, every in zip(mains, classes, strict=True)],
            "ipc_all": [every or main for main, every in zip(mains, classes, strict=True)],
            "industry_codes": source.read(F.INDUSTRY_CODES, parse_codes, nothing),
            "strategic_industry": source.read(F.STRATEGIC_INDUSTRY, parse_industries, nothing),
            "family_offices": source.read(F.FAMILY_OFFICES, parse_codes, nothing),
            "licence_type": source.read(F.LICENCE_TYPE, clipped(_WORDS), ""),
            **{field.value: source.try_read(field, parse_count) for field in _COUNTS},
        }


def _runs_of(accepted: Sequence[bool]) -> list[slice]:
    """Return the runs of rows that are accepted; few are refused, so that a run is long."""
    refused = [place for place, is_accepted in enumerate(accepted) if not is_accepted]
    bounds = zip([-1, *refused], [*refused, len(accepted)], strict=True)
    return [slice(before + 1, after) for before, after in bounds if before + 1 < after]


def _within(column: Sequence[Any], runs: Sequence[slice]) -> list[Any]:
    kept: list[Any] = []
    for run in runs:
        kept += column[run]
    return kept


def read_credit_code(text: str) -> CreditCode | None:
    """Return the credit code in a cell, None when there is none.

    Raises:
        BadInput: as `parse_credit_code`.
    """
    code = clean_code(text)
    return parse_credit_code(code) if code else None


def _merged(rows: ListedPatents, findings: Findings) -> ListedPatents:
    """Return one patent for each key, in the order in which the keys first stand in the list."""
    keys = rows.column("key")
    if len(set(keys)) == len(keys):
        return rows
    repeated = {key for key, count in Counter(keys).items() if count > 1}
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if key in repeated:
            places.setdefault(key, []).append(place)
    leading = {found[0]: _merge([rows[place] for place in found], findings) for found in places.values()}
    later = {place for found in places.values() for place in found[1:]}
    kept = [place not in later for place in range(len(keys))]
    columns = {}
    for name in ListedPatent._fields:
        column = list(rows.column(name))
        for place, patent in leading.items():
            column[place] = getattr(patent, name)
        columns[name] = list(compress(column, kept))
    return ListedPatents(columns)


def _merge(rows: list[ListedPatent], findings: Findings) -> ListedPatent:
    patent = merge(rows)
    if len({row.validity for row in rows} - {Validity.UNKNOWN}) > 1:
        message = _("第%(row)s行与第%(others)s行是同一专利而有效性不同，已采用第%(row)s行。",
                    row=patent.row, others="、".join(map(str, patent.repeated_rows)))  # fmt: skip
        findings.warnings.append(ListWarning(patent.row, F.VALIDITY, "repeated_differs", message, patent.key))
    return patent
