"""Official numbers: credit codes of firms, application and publication numbers of patents.

Decides how each is spelled canonically, whether its check digit holds and what the number itself says
(year, kind of patent, office, region). Does not decide what follows from a wrong check digit, and does
not know whether a number was ever given out.

Sources: GB 32100-2015 (统一社会信用代码); CNIPA standards ZC 0006-2003 (申请号) and ZC 0007-2012 (公开号,
公告号 and kind codes). The codes of offices stand in `offices`. The functions are cheap, but callers that
read lists should still parse every distinct value once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import mul
from typing import Final, NamedTuple

from ipfin.kernel.errors import BadInput
from ipfin.kernel.offices import OFFICE_CODES
from ipfin.kernel.text import Text, _

# White space of every kind, zero-width marks and the apostrophe by which spreadsheets force text.
_NOISE: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'‘’`]+")
_LONGEST: Final = 60  # no official number is longer, and a refusal must not repeat a whole paragraph


def _clean(text: str) -> str:
    """Return `text` in NFKC, upper case, without white space or invisible marks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _NOISE.sub("", text).upper()


def _shown(text: str) -> str:
    """Return `text` short enough to stand in a sentence."""
    text = text.strip()
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


# --- Credit codes of firms (统一社会信用代码) --------------------------------------------------------

CREDIT_CODE_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z
CREDIT_CODE_LENGTH: Final = 18
_CREDIT_CODE: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CREDIT_BASE: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}")
_CREDIT_VALUES: Final = {character: value for value, character in enumerate(CREDIT_CODE_ALPHABET)}
_CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A well-formed credit code.

    Genuine codes with a wrong check character are in use, so `check_is_right` is a warning to show,
    never a reason to refuse. `region_code` is the GB/T 2260 code of the place of *registration*
    (4105xx for Anyang), which need not be where the firm works today.
    """

    value: str
    check_is_right: bool
    region_code: str


def _credit_check(first17: str) -> str:
    total = sum(map(mul, _CREDIT_WEIGHTS, map(_CREDIT_VALUES.__getitem__, first17)))
    return CREDIT_CODE_ALPHABET[-total % 31]


@lru_cache(maxsize=50_000)  # a list names a firm in many rows, and what is new is checked once more
def parse_credit_code(text: str) -> CreditCode:
    """Return the credit code that `text` spells, in any width, case and spacing.

    Raises:
        BadInput: not 18 characters, a letter that the code does not use (I O S V Z are never guessed
            to be 1 0 5 U 2), or a region that is not six digits.
    """
    value = text if _CREDIT_CODE.fullmatch(text) else _clean(text)
    if _CREDIT_CODE.fullmatch(value) is None:
        raise BadInput(_refused_credit_code(value, _shown(text)))
    return CreditCode(value, _credit_check(value[:17]) == value[17], value[2:8])


def _refused_credit_code(value: str, shown: str) -> Text:
    if len(value) != CREDIT_CODE_LENGTH:
        return _("统一社会信用代码“%(code)s”应为18位，现有%(length)s位。", code=shown, length=len(value))
    wrong = "".join(sorted(set(value) - set(CREDIT_CODE_ALPHABET)))
    if wrong:
        return _(
            "统一社会信用代码“%(code)s”含有不使用的字符“%(wrong)s”（代码不用字母 I、O、S、V、Z）。",
            code=shown,
            wrong=wrong,
        )
    return _("统一社会信用代码“%(code)s”第3至8位应为6位数字的行政区划代码。", code=shown)


def credit_code_with_check(first17: str) -> str:
    """Return the 18 characters of the code whose first 17 are given (for generators and tests).

    Raises:
        BadInput: `first17` cannot begin a credit code.
    """
    if _CREDIT_BASE.fullmatch(first17) is None:
        raise BadInput(_("“%(code)s”不是统一社会信用代码的前17位。", code=_shown(first17)))
    return first17 + _credit_check(first17)


def format_credit_code(value: str) -> str:
    """Return a canonical code in groups of 2-6-9-1 for the screen; files take it ungrouped."""
    return f"{value[:2]} {value[2:8]} {value[8:17]} {value[17:]}"


# --- Kinds of patent, and the office of a number ---------------------------------------------------


class PatentKind(StrEnum):
    """The three rights that Chinese patent law knows (专利类型)."""

    INVENTION = "invention"  # 发明
    UTILITY_MODEL = "utility_model"  # 实用新型
    DESIGN = "design"  # 外观设计


PATENT_KIND_LABELS: Final[Mapping[PatentKind, Text]] = {
    PatentKind.INVENTION: _("发明"),
    PatentKind.UTILITY_MODEL: _("实用新型"),
    PatentKind.DESIGN: _("外观设计"),
}


def office_of(text: str) -> str | None:
    """Return the ST.3 code of the office that an application or publication number names.

    `ZL…` and numbers shaped like a Chinese one without its prefix are "CN", international applications
    (`PCT/CN2020/…`, `WOUS…`) are "WO", `US16/634,906` is "US". None when nothing in the text says.
    """
    value = _clean(text).translate(_DOTS)
    if value.startswith("PCT"):
        return "WO"
    if value[:2] in OFFICE_CODES:
        return value[:2]
    chinese = value.startswith("ZL") or _APPLICATION.fullmatch(value) or _CHINESE_BARE.fullmatch(value)
    return "CN" if chinese else None


# --- Application numbers (申请号, 专利号) --------------------------------------------------------------


class CheckState(StrEnum):
    """What became of the check digit (校验位)."""

    RIGHT = "right"  # 正确
    WRONG = "wrong"  # 错误
    MISSING = "missing"  # 未写


# Named once: before Python 3.12 a member is found by a call, and lists ask a hundred thousand times.
_RIGHT, _WRONG, _MISSING = CheckState.RIGHT, CheckState.WRONG, CheckState.MISSING


class ApplicationNumber(NamedTuple):
    """A Chinese application number; a tuple with names, because a list has a hundred thousand of them.

    `canonical` is `201710911092.2`: no prefix, a dot, the check digit. A missing check digit is
    filled in, because it is a function of the others; one that is wrong stays as written, and the
    caller decides what a number with `check` WRONG is worth (`expected_check` is what it should be).
    `year` is the year of filing; `is_pct` says that the application entered from the PCT.
    """

    canonical: str
    year: int
    kind: PatentKind
    is_pct: bool
    check: CheckState
    expected_check: str

    @property
    def is_old_style(self) -> bool:
        """Whether the number is of the short form given out before 1 October 2003."""
        return len(self.canonical) == _OLD_LENGTH + 2


_OLD_LENGTH: Final = 8
_DOTS: Final = str.maketrans({"。": ".", "·": ".", "-": ".", "×": "X"})
_APPLICATION: Final = re.compile(
    r"(?:CN)?(?:ZL)?([0-9]{4}[12389][0-9]{7}|[0-9]{2}[12389][0-9]{5})(?:\.?([0-9X]))?"
)


class _WeightedSums(dict[str, int]):
    """The weighted sum of the digits at one place of a number: the same few thousand in every list."""

    def __init__(self, weights: tuple[int, ...]) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, digits: str) -> int:
        total = self[digits] = sum(map(mul, self._weights, map(int, digits)))
        return total


# Weights 2 to 9, then 2 to 5; reckoned by four digits, of which there are ten thousand at most.
_FIRST_SUMS: Final = _WeightedSums((2, 3, 4, 5))
_SECOND_SUMS: Final = _WeightedSums((6, 7, 8, 9))
_THIRD_SUMS: Final = _WeightedSums((2, 3, 4, 5))
_KIND_DIGITS: Final[Mapping[str, tuple[PatentKind, bool]]] = {
    "1": (PatentKind.INVENTION, False),
    "2": (PatentKind.UTILITY_MODEL, False),
    "3": (PatentKind.DESIGN, False),
    "8": (PatentKind.INVENTION, True),
    "9": (PatentKind.UTILITY_MODEL, True),
}
_FIRST_YEAR: Final = 1985  # the Patent Law came into force on 1 April 1985
_LAST_OLD_YEAR: Final = 2003  # twelve digits from 1 October 2003
_LONG_BEGINNING, _SHORT_BEGINNING = 5, 3  # the digits of year and kind: 2017 1, before 2003 95 1


def application_check_digit(digits: str) -> str:
    """Return the check digit (0-9 or X) of the 8 or 12 digits of an application number."""
    total = _FIRST_SUMS[digits[:4]] + _SECOND_SUMS[digits[4:8]] + _THIRD_SUMS[digits[8:]]
    return "0123456789X"[total % 11]


@lru_cache(maxsize=1_000)
def _read_beginning(digits: str) -> tuple[int, PatentKind, bool] | None:
    """Return the year, the kind and whether it came by the PCT, from the digits of year and kind.

    None when no number of this form had the year.
    """
    year, (kind, is_pct) = int(digits[:-1]), _KIND_DIGITS[digits[-1]]
    if len(digits) == _LONG_BEGINNING:
        return (year, kind, is_pct) if year >= _LAST_OLD_YEAR else None
    year += 1900 if year >= _FIRST_YEAR - 1900 else 2000
    return (year, kind, is_pct) if year <= _LAST_OLD_YEAR else None


def parse_application_number(text: str) -> ApplicationNumber:
    """Return the Chinese application number that `text` spells.

    Reads 8 and 12 digits with or without check digit and dot, with CN or ZL before it, in any width,
    case and spacing.

    Raises:
        BadInput: the text is something else; numbers of other offices are named as such.
    """
    found = _APPLICATION.fullmatch(text) or _APPLICATION.fullmatch(_clean(text).translate(_DOTS))
    if found is None:
        raise BadInput(_refused_application(text))
    digits, written = found.groups()
    beginning = _read_beginning(digits[: _LONG_BEGINNING if len(digits) > _OLD_LENGTH else _SHORT_BEGINNING])
    if beginning is None:
        raise BadInput(_refused_application(text))
    year, kind, is_pct = beginning
    expected = application_check_digit(digits)
    check = _RIGHT if written == expected else _MISSING if written is None else _WRONG
    return ApplicationNumber(f"{digits}.{written or expected}", year, kind, is_pct, check, expected)


def _refused_application(text: str) -> Text:
    office = office_of(text)
    if office not in (None, "CN"):
        return _(
            "“%(text)s”是外国或国际申请号（%(office)s），不是中国申请号。", text=_shown(text), office=office
        )
    return _(
        "“%(text)s”不是中国专利申请号：应为12位或8位数字加校验位，如 201710911092.2。", text=_shown(text)
    )


def patent_number(application: ApplicationNumber) -> str:
    """Return the patent number (专利号) that the application has once it is granted."""
    return "ZL" + application.canonical


# --- Publication numbers (公开号, 公告号) -------------------------------------------------------------


class PublicationNumber(NamedTuple):
    """The number of a published document of any office; a tuple with names, as `ApplicationNumber`.

    `canonical` is office, serial and kind code without separators, such as `CN108123456A`. `root` is what
    the documents of one right share: office and serial. `patent_kind` and `is_grant` are known for Chinese
    documents only, and None where the number does not say. Chinese utility models and designs are
    published at grant, so theirs is True even when the kind code was left out.
    """

    office: str
    serial: str
    kind_code: str
    patent_kind: PatentKind | None
    is_grant: bool | None
    canonical: str
    root: str


def _root(office: str, serial: str, kind_code: str) -> str:
    """Return office and serial, with the letter of a series that used the serials of other rights.

    A Chinese B document repeats the serial of its A document (since 2010; until then grants were C
    documents with serials of their own). C documents with seven digits, and utility models and designs of
    other offices, keep their letter.
    """
    letter = kind_code[:1]
    if office == "CN":
        ambiguous = letter == "C" and len(serial) == _SHORT_SERIAL
    else:
        ambiguous = letter in ("U", "Y", "S", "D")
    return office + serial + (letter if ambiguous else "")


_SHORT_SERIAL: Final = 7
_PUBLICATION: Final = re.compile(r"([A-Z]{2})([A-Z]{0,3}[0-9][0-9A-Z]*?)([A-Z][0-9]?)?")
_CHINESE_BARE: Final = re.compile(r"[1-3][0-9]{6}(?:[0-9]{2})?[ABCUYSD][0-9]?")
# As lists write it: nothing to clean, and serials whose first digit is the kind.
_CHINESE_PLAIN: Final = re.compile(r"CN(([123])[0-9]{6}(?:[0-9]{2})?)([A-Z][0-9]?)")
_SEPARATORS: Final = re.compile(r"[,./\-]+")
# Seven digits (1989-2007) and nine (since) begin with the kind, eight (1985-1988) are the application's.
_CHINESE_SERIAL: Final = re.compile(r"([123])[0-9]{6}(?:[0-9]{2})?|8[5-8]([123])[0-9]{5}")
_KIND_LETTERS: Final[Mapping[str, PatentKind]] = {
    "A": PatentKind.INVENTION,  # 发明专利申请公布
    "B": PatentKind.INVENTION,  # 发明专利授权公告 (until 1992 审定公告)
    "C": PatentKind.INVENTION,  # 发明专利授权公告 1993-2010, since then 部分无效
    "U": PatentKind.UTILITY_MODEL,
    "Y": PatentKind.UTILITY_MODEL,  # 1993-2010, since then 部分无效
    "S": PatentKind.DESIGN,
    "D": PatentKind.DESIGN,  # 1993-2010
}


def parse_publication_number(text: str) -> PublicationNumber:
    """Return the publication number that `text` spells; Chinese ones may lack CN or the kind code.

    Raises:
        BadInput: no office can be told, or a Chinese number whose length or kind code cannot be.
    """
    plain = _CHINESE_PLAIN.fullmatch(text)
    if plain is not None:
        serial, kind_digit, kind_code = plain.groups()
        told = _read_ends(kind_digit, kind_code)
        if told is not None:
            root = _root("CN", serial, kind_code) if kind_code[0] == "C" else "CN" + serial
            return PublicationNumber("CN", serial, kind_code, *told, text, root)
    value = _SEPARATORS.sub("", _clean(text))
    if _CHINESE_BARE.fullmatch(value):
        value = "CN" + value
    found = _PUBLICATION.fullmatch(value)
    if found is None or found[1] not in OFFICE_CODES or len(value) > _LONGEST:
        raise BadInput(_("“%(text)s”不是专利公开（公告）号，如 CN108123456A。", text=_shown(text)))
    office, serial, kind_code = found[1], found[2], found[3] or ""
    root = _root(office, serial, kind_code)
    if office != "CN":
        return PublicationNumber(office, serial, kind_code, None, None, value, root)
    kind = _chinese_kind(serial, kind_code)
    if kind is None:
        raise BadInput(
            _(
                "“%(text)s”不是中国专利公开（公告）号：应为7至9位数字加文献种类代码（A、B、C、U、Y、S、D），"
                "且首位数字与种类一致。",
                text=_shown(text),
            )
        )
    return PublicationNumber(office, serial, kind_code, kind, _is_grant(kind, kind_code), value, root)


def _chinese_kind(serial: str, kind_code: str) -> PatentKind | None:
    """Return the kind on which serial and kind code agree, or None."""
    found = _CHINESE_SERIAL.fullmatch(serial)
    if found is None:
        return None
    kind, _is_pct = _KIND_DIGITS[found[1] or found[2]]
    if kind_code and _KIND_LETTERS.get(kind_code[0]) is not kind:
        return None
    return kind


@lru_cache(maxsize=1_000)
def _read_ends(kind_digit: str, kind_code: str) -> tuple[PatentKind, bool | None] | None:
    """Return the kind on which a serial's first digit and the kind code agree, and whether it is a grant."""
    kind, _is_pct = _KIND_DIGITS[kind_digit]
    return (kind, _is_grant(kind, kind_code)) if _KIND_LETTERS.get(kind_code[0]) is kind else None


def _is_grant(kind: PatentKind, kind_code: str) -> bool | None:
    if kind is PatentKind.INVENTION:
        return kind_code[0] != "A" if kind_code else None
    return True
