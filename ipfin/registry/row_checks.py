"""Which rows of a list are refused, and with what sentence; which numbers the others carry.

Decides row by row from values that were read column by column. A refusal names the Excel row, the
field, the reason and the remedy. Rows of other offices are refused under a code of their own, so that
they can be counted apart: they are not wrong, they are not for this registry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import (
    ApplicationNumber,
    CheckState,
    PublicationNumber,
    office_of,
    parse_application_number,
    parse_publication_number,
)
from ipfin.kernel.number_columns import (
    ApplicationColumn,
    PublicationColumn,
    Told,
    application_column,
    publication_column,
)
from ipfin.kernel.text import Text, _
from ipfin.registry.fields import LABELS, ListField
from ipfin.registry.listed import ListWarning, RowRefusal
from ipfin.registry.values import clean_code, read_column, shown

F = ListField

FOREIGN_DOCUMENT: Final = "foreign_document"
LAW_IN_FORCE_ON: Final = date(1985, 4, 1)  # the Patent Law; no application can be older

_TOTALS: Final = frozenset({"合计", "总计", "小计", "共计", "总合计"})
_HOME: Final = frozenset(
    {"CN", "中国", "中华人民共和国", "国家知识产权局", "CNIPA", "SIPO", "CHINA", "中国大陆"}
)


@dataclass(slots=True)
class Findings:
    """What is held against rows: at most one refusal for each, any number of warnings."""

    row_numbers: Sequence[int]
    refused: dict[int, RowRefusal] = field(default_factory=dict)  # by place in the columns
    warnings: list[ListWarning] = field(default_factory=list)

    def refuse(self, place: int, at: ListField | None, code: str, message: Text, value: str = "") -> None:
        """Refuse the row at `place`, unless it is refused already."""
        if place not in self.refused:
            row = self.row_numbers[place]
            sentence = _("第%(row)s行：%(why)s", row=row, why=message)
            self.refused[place] = RowRefusal(row, at, code, sentence, value)

    def warn(self, place: int, at: ListField | None, code: str, message: Text, value: str = "") -> None:
        """Note something doubtful about the row at `place`."""
        row = self.row_numbers[place]
        sentence = _("第%(row)s行：%(why)s", row=row, why=message)
        self.warnings.append(ListWarning(row, at, code, sentence, value))


def check_shape(findings: Findings, overlong: Sequence[int], short: Sequence[int]) -> None:
    """Refuse rows of a text file that have more values, or fewer fields, than there are columns."""
    if not overlong and not short:
        return
    too_long, too_short = frozenset(overlong), frozenset(short)
    for place, row in enumerate(findings.row_numbers):
        if row in too_long:
            message = _("该行的值多于列名，各列可能错位；请检查该行是否多了分隔符。")
            findings.refuse(place, None, "too_many_fields", message)
        elif row in too_short:
            message = _("该行的值少于列名，该行可能断开；请检查单元格内是否有换行。")
            findings.refuse(place, None, "too_few_fields", message)


def name_totals(findings: Findings, columns: Sequence[Sequence[str]]) -> None:
    """Call a row without a number that sums the list up what it is: nobody has to look for its number."""
    for place, refusal in findings.refused.items():
        sums_up = refusal.code == "no_number" and any(_is_total(column[place]) for column in columns)
        if sums_up or _is_total(refusal.value):
            sentence = _("第%(row)s行：%(why)s", row=refusal.row, why=_("这是合计行，不是专利，不必改正。"))
            findings.refused[place] = RowRefusal(refusal.row, None, "total", sentence, "")


def _is_total(text: str) -> bool:
    return "".join(text.split()) in _TOTALS


# --- Office and numbers ----------------------------------------------------------------------------


def read_office(text: str) -> str:
    """Return "CN" for the Chinese office, "" for nothing, else the office as it is written."""
    code = clean_code(text)
    return "CN" if code.upper() in _HOME else code


@dataclass(slots=True)
class Numbers:
    """The numbers of every row, column by column; None where a row has none that is in order."""

    applications: ApplicationColumn
    publications: PublicationColumn
    leading: PublicationColumn  # the grant where the row tells one, else the publication


Column = Sequence[str] | None
_WRONG: Final = CheckState.WRONG
_OURS: Final = frozenset({"CN", "", None})


def _told(text: str, rule: Callable[[str], Told]) -> Told:
    """Return what a rule says of a cell: the number, the refusal, or None for nothing."""
    try:
        return rule(text)
    except BadInput:
        return _told_once_clean(clean_code(text), rule)


def _told_once_clean(code: str, rule: Callable[[str], Told]) -> Told:
    try:
        return rule(code) if code else None
    except BadInput as problem:
        return problem


def _application(text: str) -> Told:
    return _told(text, parse_application_number)


def _publication(text: str) -> Told:
    return _told(text, parse_publication_number)


def check_numbers(
    office: Column, application: Column, publication: Column, grant: Column, findings: Findings
) -> Numbers:
    """Return the numbers of every row; refuse rows without a usable one and rows of other offices."""
    count = len(findings.row_numbers)
    offices = read_column(office, read_office)[0] if office else [""] * count
    applications = application_column(application, count, _application)
    publications = publication_column(publication, count, _publication)
    suspects = {place for place, name in enumerate(offices) if name not in _OURS} if office else set()
    suspects |= {place for place, number in applications.odd.items() if _is_doubtful(number)}
    suspects |= {place for place, number in publications.odd.items() if _is_not_ours(number)}
    for place in sorted(suspects):
        cells = (application[place] if application else "", publication[place] if publication else "")
        row = _Row(findings, place, offices[place] or "", _application(cells[0]), _publication(cells[1]))
        number, document = row.check(*cells)
        applications.put(place, number)
        publications.put(place, document)
    return Numbers(applications, publications, _leading(publications, grant, count))


def _is_doubtful(number: Told) -> bool:
    return not isinstance(number, ApplicationNumber) or number.check is _WRONG


def _is_not_ours(number: Told) -> bool:
    return number is not None and not (isinstance(number, PublicationNumber) and number.office == "CN")


def _leading(publications: PublicationColumn, grant: Column, count: int) -> PublicationColumn:
    """Return the publications with the grants in their place where the list has a column of those."""
    if grant is None:
        return publications
    grants = publication_column(grant, count, _publication)
    for place, is_grant in enumerate(grants.is_grant):
        if not is_grant:
            grants.canonical[place] = publications.canonical[place]
            grants.roots[place] = publications.roots[place]
            grants.kinds[place] = publications.kinds[place]
            grants.is_grant[place] = publications.is_grant[place]
    return grants


@dataclass(slots=True)
class _Row:
    """A row whose numbers need a closer look."""

    findings: Findings
    place: int
    office: str
    application: Told
    publication: Told

    def check(self, application: str, publication: str) -> tuple[Told, Told]:
        """Return the numbers that stand; refuse the row when none does. The texts are the cells."""
        foreign = self._foreign(application, publication)
        if foreign:
            self._refuse(
                F.OFFICE,
                FOREIGN_DOCUMENT,
                _("由“%(office)s”受理，不是国家知识产权局的专利，不列入名录。", office=shown(foreign)),
                application or publication or foreign,
            )
            return None, None
        if isinstance(self.application, BadInput):
            self._refuse(F.APPLICATION_NUMBER, "bad_application_number", _text(self.application), application)
            return None, None
        if isinstance(self.application, ApplicationNumber) and self.application.check is CheckState.WRONG:
            self._refuse_check_digit(self.application, application)
            return None, None
        return self._check_publication(publication)

    def _foreign(self, application: str, publication: str) -> str:
        """Return the other office that the row tells, "" when it tells none."""
        if self.office not in ("", "CN"):
            return self.office
        if isinstance(self.publication, PublicationNumber) and self.publication.office != "CN":
            return self.publication.office
        if isinstance(self.application, BadInput):
            return _other_office(application)
        if self.application is None and isinstance(self.publication, BadInput):
            return _other_office(publication)  # IR90762B with a remark of the vendor: not for this registry
        return ""

    def _check_publication(self, publication: str) -> tuple[Told, Told]:
        if self.application is None and self.publication is None:
            self._refuse(
                F.APPLICATION_NUMBER, "no_number", _("没有申请号，也没有公开（公告）号，请补上其一。"), ""
            )
            return None, None
        if isinstance(self.publication, BadInput):
            message = _text(self.publication)
            if self.application is None:
                self._refuse(F.PUBLICATION_NUMBER, "bad_publication_number", message, publication)
                return None, None
            self.findings.warn(
                self.place, F.PUBLICATION_NUMBER, "bad_publication_number", message, publication
            )
            return self.application, None
        return self.application, self.publication

    def _refuse_check_digit(self, number: ApplicationNumber, cell: str) -> None:
        message = _(
            "申请号“%(number)s”的校验位应为%(expected)s，请对照受理通知书核对。",
            number=shown(cell),
            expected=number.expected_check,
        )
        self._refuse(F.APPLICATION_NUMBER, "wrong_check_digit", message, cell)

    def _refuse(self, at: ListField, code: str, message: Text, cell: str) -> None:
        self.findings.refuse(self.place, at, code, message, cell)


def _other_office(cell: str) -> str:
    named = office_of(clean_code(cell))
    return named if named and named != "CN" else ""


def _text(problem: BadInput) -> Text:
    return problem.message if isinstance(problem.message, Text) else _("%(why)s", why=problem.message)


# --- Owners and days -------------------------------------------------------------------------------


def check_owners(applicants: Sequence[object], owners: Sequence[object], findings: Findings) -> None:
    """Note rows that name neither an applicant nor an owner: a patent all the same, but nobody's."""
    for place, (first, second) in enumerate(zip(applicants, owners, strict=True)):
        if not first and not second and place not in findings.refused:
            message = _("没有申请人或权利人，该专利不归入任何企业；请补上后重新导入。")
            findings.warn(place, F.APPLICANTS, "no_applicant", message)


def check_readable(
    column: Sequence[str], refused: Mapping[str, str], at: ListField, findings: Findings
) -> None:
    """Refuse rows whose cell its rule refused; `refused` holds the sentence for each such value."""
    if not refused:
        return
    for place, text in enumerate(column):
        if text in refused:
            message = _("%(field)s%(why)s", field=LABELS[at], why=refused[text])
            findings.refuse(place, at, "bad_date", message, text)


Days = Sequence[date | None]


def check_days(filed: Days, published: Days, granted: Days, as_of: date, findings: Findings) -> None:
    """Refuse rows whose days cannot be: before the law, after the list's own day, or out of order."""
    named = ((filed, F.FILING_DATE), (published, F.PUBLICATION_DATE), (granted, F.GRANT_DATE))
    suspects = _before(filed, LAW_IN_FORCE_ON)
    for column, _field in named:
        suspects |= _after(column, as_of)
    for column, _field in named[1:]:
        suspects |= _out_of_order(filed, column)
    for place in sorted(suspects):
        first = filed[place]
        if first is not None and first < LAW_IN_FORCE_ON:
            message = _("申请日%(day)s早于专利法施行之日（1985年4月1日），请核对。", day=first.isoformat())
            findings.refuse(place, F.FILING_DATE, "filing_before_law", message, first.isoformat())
        for column, at in named:
            day = column[place]
            if day is not None and day > as_of:
                _refuse_future(place, at, day, as_of, findings)
            elif day is not None and first is not None and day < first:
                _refuse_order(place, at, day, first, findings)


def _before(column: Days, limit: date) -> set[int]:
    early = {day for day in set(column) if day is not None and day < limit}
    return {place for place, day in enumerate(column) if day in early} if early else set()


def _after(column: Days, limit: date) -> set[int]:
    late = {day for day in set(column) if day is not None and day > limit}
    return {place for place, day in enumerate(column) if day in late} if late else set()


def _out_of_order(filed: Days, later: Days) -> set[int]:
    pairs = list(zip(filed, later, strict=True))
    wrong = {(first, day) for first, day in set(pairs) if day and first and day < first}
    return {place for place, pair in enumerate(pairs) if pair in wrong} if wrong else set()


def _refuse_future(place: int, at: ListField, day: date, as_of: date, findings: Findings) -> None:
    message = _(
        "%(field)s%(day)s晚于名单的数据日期%(as_of)s，请核对。",
        field=LABELS[at],
        day=day.isoformat(),
        as_of=as_of.isoformat(),
    )
    findings.refuse(place, at, "day_in_future", message, day.isoformat())


def _refuse_order(place: int, at: ListField, day: date, filed: date, findings: Findings) -> None:
    message = _(
        "%(field)s%(day)s早于申请日%(filed)s，请核对。",
        field=LABELS[at],
        day=day.isoformat(),
        filed=filed.isoformat(),
    )
    findings.refuse(place, at, "days_out_of_order", message, day.isoformat())
