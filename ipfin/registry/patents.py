"""What the words of a list say about a patent, and what the law says about its term.

Decides the three layers of a status (validity, legal status, flags) from the words of the vendors and
of the patent office's gazette, the kind of patent, and the term by 专利法 42. Does not decide which
layer matters for what: a pledged patent is valid *and* encumbered here, gates and directories judge.

Words are never stretched: a word that is not known adds nothing and is handed back, so that somebody
can be told of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.maintenance.gazette import word_of
from ipfin.registry.statuses import Flag, LegalStatus, Validity
from ipfin.registry.values import clean_code

V, L, F = Validity, LegalStatus, Flag

# --- Words -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What one word says: a state, a burden that it lays or takes off, or nothing (`()` = known, silent)."""

    legal: LegalStatus | None = None
    validity: Validity | None = None
    lays: Flag | None = None
    lifts: Flag | None = None
    restores: bool = False


# The first pattern found in a word decides. Order matters: an end outranks what it ends.
_WORDS: Final[tuple[tuple[str, _Meaning], ...]] = (
    (
        r"更正|(?:姓名|名称|地址|著录事?项|发明人|代理|申请人|专利权人).{0,12}变更|质押[^生注]*变更|保密|不丧失新颖性|改正",
        _Meaning(),
    ),
    (r"^(?:未|无|没有|不存在|非)被?(?:质押|保全|许可|转让|转移|冻结|查封|诉讼|中止)|未授权", _Meaning()),
    (r"待授权|授权待|授权通知|办理登记|等年登印费|等待", _Meaning(validity=V.PENDING)),
    # The gazette heads the laying and the taking off alike: what may be a burden is taken as one, because a
    # burden that is not there is asked about, and one that is overlooked costs a bank its security.
    (r"质押.*生效.*注销", _Meaning(lays=F.PLEDGED)),
    (r"保全及其?解除", _Meaning(lays=F.PRESERVED)),
    (r"许可.*生效.*注销", _Meaning(lays=F.LICENSED)),
    (r"质押.*(?:注销|解除|撤销|失效)", _Meaning(lifts=F.PLEDGED)),
    (r"保全.*(?:解除|届满|终止|撤销)", _Meaning(lifts=F.PRESERVED)),
    (r"中止.*(?:恢复|结束|解除|届满)", _Meaning(lifts=F.SUSPENDED)),
    (r"开放许可.*(?:撤回|撤销|终止)", _Meaning(lifts=F.OPEN_LICENCE)),
    (r"许可.*(?:注销|终止|解除|撤销)", _Meaning(lifts=F.LICENSED)),
    (r"质押|pledge|security interest", _Meaning(lays=F.PLEDGED)),
    (r"保全|冻结|查封", _Meaning(lays=F.PRESERVED)),
    (r"中止", _Meaning(lays=F.SUSPENDED)),
    (r"开放许可", _Meaning(lays=F.OPEN_LICENCE)),
    (r"许可|licen[cs]", _Meaning(lays=F.LICENSED)),
    (r"转移|转让|assignment", _Meaning(lays=F.TRANSFERRED)),
    (r"一案双申|同日申请", _Meaning(lays=F.TWIN_FILING)),
    (r"恢复", _Meaning(lays=F.RESTORED, restores=True)),
    (r"滞纳|欠费未满|宽限", _Meaning(lays=F.FEE_OVERDUE)),
    (r"避免重复?授权|重复授权", _Meaning(L.ABANDONED_TWIN)),
    (r"部分无效", _Meaning(L.PARTIALLY_INVALIDATED)),
    (r"维持有效", _Meaning(L.GRANTED)),
    (
        r"无效程序|无效请求|无效审理|无效宣告请求|口头审理|口审|请求无效|无效中",
        _Meaning(lays=F.INVALIDATION_PENDING),
    ),
    (r"复审", _Meaning(lays=F.REEXAMINATION)),
    (r"诉讼|litigat", _Meaning(lays=F.LITIGATED)),
    (
        r"全部撤销|专利权的?撤销|全部无效|宣告无效|无效宣告|被无效|invalidated|revoked",
        _Meaning(L.INVALIDATED),
    ),
    (r"进入(?:指定国|国家阶段)(?<!未进入指定国)(?<!未进入国家阶段)", _Meaning(L.PCT_NATIONAL)),
    (r"pct.*(?:期满|届满)", _Meaning(L.PCT_EXPIRED)),
    (r"pct.*期内", _Meaning(L.PCT_PENDING)),
    (r"未[缴交].*费|欠费|non-?payment|fee.*lapse", _Meaning(L.LAPSED_FEE)),
    (r"届满|期满|到期|expired", _Meaning(L.EXPIRED)),
    (r"驳回|rejected|refused", _Meaning(L.REJECTED)),
    (r"撤回|withdrawn", _Meaning(L.WITHDRAWN)),
    (r"放弃|abandoned|surrender", _Meaning(L.ABANDONED)),
    (r"终止|无权|无效|inactive|ceased", _Meaning(L.TERMINATED)),
    (r"失效|lapsed|dead", _Meaning(validity=V.LAPSED)),
    (r"未确认|未知|indeterminate|unknown", _Meaning()),
    (r"实质审查|实审|examination", _Meaning(L.EXAMINATION)),
    (r"审中|在审|审查中|审查阶段|未决|pending", _Meaning(validity=V.PENDING)),
    (r"授权|granted|专利权维持|已下证", _Meaning(L.GRANTED)),
    (r"公开|公布|published|受理", _Meaning(L.PUBLISHED)),
    (r"有效|有权|维持|alive|active|in force", _Meaning(validity=V.VALID)),
)
_COMPILED: Final = tuple((re.compile(pattern), meaning) for pattern, meaning in _WORDS)

VALIDITY_OF: Final = {
    L.PUBLISHED: V.PENDING,
    L.EXAMINATION: V.PENDING,
    L.GRANTED: V.VALID,
    L.PARTIALLY_INVALIDATED: V.VALID,
    L.LAPSED_FEE: V.LAPSED,
    L.EXPIRED: V.LAPSED,
    L.ABANDONED: V.LAPSED,
    L.ABANDONED_TWIN: V.LAPSED,
    L.WITHDRAWN: V.LAPSED,
    L.REJECTED: V.LAPSED,
    L.INVALIDATED: V.LAPSED,
    L.TERMINATED: V.LAPSED,
    L.PCT_NATIONAL: V.UNKNOWN,
    L.PCT_PENDING: V.PENDING,
    L.PCT_EXPIRED: V.LAPSED,
    L.UNKNOWN: V.UNKNOWN,
}
"""What each legal status means for the right itself."""

GRANT_PROVING: Final = frozenset({L.GRANTED, L.PARTIALLY_INVALIDATED, L.LAPSED_FEE, L.EXPIRED, L.INVALIDATED})
"""Legal statuses that only a patent that was granted can have."""

# How far a status lies along the life of a patent: of several undated words the furthest one holds.
_LATER: Final = {status: place for place, status in enumerate(
    (L.UNKNOWN, L.PCT_NATIONAL, L.PCT_PENDING, L.PUBLISHED, L.EXAMINATION, L.GRANTED, L.PARTIALLY_INVALIDATED,
     L.PCT_EXPIRED, L.TERMINATED, L.WITHDRAWN, L.REJECTED, L.ABANDONED, L.ABANDONED_TWIN, L.LAPSED_FEE,
     L.EXPIRED, L.INVALIDATED)
)}  # fmt: skip

_DIGITS: Final = "0123456789.-/ "  # a word of these alone is a day without an event
_LONGEST_WORD: Final = 200  # characters; patterns that look ahead must not walk a whole page
_LINE_ENDS: Final = re.compile(r"[\n\r]")
_SPACES: Final = re.compile(r"\s+")
_PARTS: Final = re.compile(r"[|;；]| [-/] ")
_INNER_PARTS: Final = re.compile(r"[-/,，、]")
_DATED: Final = re.compile(r"(\d{4})[.\-/年]?(\d{2})[.\-/月]?(\d{2})日?[ :：]+(\S+)")
_CACHED: Final = 2_000  # cells; a column repeats a few words, and a hostile one must not fill memory
_DETAIL: Final = re.compile(r"[=＝:：]")  # a line of an event's particulars, 申请日=2022.07.14


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell, or several cells of one row, say about the state of a patent."""

    validity: Validity = V.UNKNOWN
    legal_status: LegalStatus = L.UNKNOWN
    flags: frozenset[Flag] = frozenset()
    unknown_words: tuple[str, ...] = ()


def _meaning_of(word: str) -> _Meaning | None:
    word = word_of(word) or word  # pe01 stands for its words in the gazette
    for pattern, meaning in _COMPILED:
        if pattern.search(word):
            return meaning
    return None


def _words_of(text: str) -> list[str]:
    """Return the words of a cell in order of time where it tells the days, else in its own order."""
    dated = _DATED.findall(text)
    lines = _LINE_ENDS.sub(";", text)
    if dated:
        told = [event for event in dated if event[3].strip(_DIGITS)]
        return [word[:_LONGEST_WORD].lower() for *_day, word in sorted(told, key=lambda event: event[:3])]
    words = (clean_code(part)[:_LONGEST_WORD].lower() for part in _PARTS.split(_SPACES.sub(" ", lines)))
    return [word for word in words if word.strip(_DIGITS)]


def _meanings_of(word: str) -> list[_Meaning]:
    """Return the meanings of a word; one that joins two by a dash or comma (有权-审定授权) has two."""
    parts = [part for part in _INNER_PARTS.split(word) if part]
    if len(parts) > 1 and "pct" not in word:
        inner = [_meaning_of(part) for part in parts]
        if all(inner):
            return [meaning for meaning in inner if meaning]
    meaning = _meaning_of(word)
    return [meaning] if meaning else []


@lru_cache(maxsize=_CACHED)
def read_status(text: str) -> Said:
    """Return what one cell of status words or events says; an empty cell says nothing."""
    is_history = bool(_DATED.search(text))
    states: list[LegalStatus] = []
    validities: list[Validity] = []
    flags: set[Flag] = set()
    lifted: set[Flag] = set()
    unknown: list[str] = []
    for word in _words_of(text):
        meanings = _meanings_of(word)
        if not meanings and not _DETAIL.search(word):
            unknown.append(word)
        for meaning in meanings:
            _apply(meaning, states, validities, flags, lifted)
    if not is_history:
        flags -= lifted  # undated: what was taken off is taken as off
        states.sort(key=_LATER.__getitem__)
    legal = states[-1] if states else L.UNKNOWN
    validity = _strongest(validities) if validities else VALIDITY_OF[legal]
    return Said(validity, legal, frozenset(flags), tuple(unknown))


def _apply(
    meaning: _Meaning,
    states: list[LegalStatus],
    validities: list[Validity],
    flags: set[Flag],
    lifted: set[Flag],
) -> None:
    """Let one meaning act on what the words before it said."""
    if meaning.restores and states and VALIDITY_OF[states[-1]] is V.LAPSED:
        states.pop()
    if meaning.legal:
        states.append(meaning.legal)
    if meaning.validity:
        validities.append(meaning.validity)
    if meaning.lays:
        flags.add(meaning.lays)
        lifted.discard(meaning.lays)
    if meaning.lifts:
        flags.discard(meaning.lifts)
        lifted.add(meaning.lifts)


def _strongest(validities: Iterable[Validity]) -> Validity:
    """Return the validity that holds when several are said: an end outranks a right, a right a hope."""
    found: set[Validity] = set(validities)
    order = (V.LAPSED, V.VALID, V.PENDING)
    return next((validity for validity in order if validity in found), V.UNKNOWN)


@lru_cache(maxsize=_CACHED)
def combine(validity_text: str, status_text: str, events_text: str) -> Said:
    """Return what the three status columns of a row say together.

    The validity column leads, then the legal status, then the events; but an end that any of the
    first two tells is an end, because a lapsed patent must not stand in a directory. Events add flags
    and fill what the others leave open.
    """
    first, second, third = read_validity(validity_text), read_status(status_text), read_status(events_text)
    legal = next(
        (said.legal_status for said in (second, first, third) if said.legal_status is not L.UNKNOWN),
        L.UNKNOWN,
    )
    said: list[Validity] = [part.validity for part in (first, second) if part.validity is not V.UNKNOWN]
    validity = V.LAPSED if V.LAPSED in said else (said or [third.validity])[0]
    if legal is not L.UNKNOWN and VALIDITY_OF[legal] is not validity:
        # 失效 beside 授权: the last event of the office is older than the end. Let the events tell which.
        legal = third.legal_status if VALIDITY_OF[third.legal_status] is validity else L.UNKNOWN
    if (
        validity is V.LAPSED
        and legal in (L.UNKNOWN, L.TERMINATED)
        and VALIDITY_OF[third.legal_status] is V.LAPSED
    ):
        legal = third.legal_status
    flags = first.flags | second.flags | third.flags
    return Said(validity, legal, flags, first.unknown_words + second.unknown_words + third.unknown_words)


def read_validity(text: str) -> Said:
    """Return what a validity column says; there 是 means valid and 否 lapsed."""
    answer = {"是": V.VALID, "否": V.LAPSED, "y": V.VALID, "n": V.LAPSED}.get(clean_code(text).lower())
    return Said(answer) if answer else read_status(text)


def contradicts(validity_text: str, status_text: str) -> bool:
    """Return whether the two columns tell different things of the same right (有效 beside 未缴年费)."""
    said = {read_validity(validity_text).validity, read_status(status_text).validity} - {V.UNKNOWN}
    return len(said) > 1


# --- Kind ------------------------------------------------------------------------------------------

_KIND_WORDS: Final = (
    ("实用新型", PatentKind.UTILITY_MODEL),
    ("utility", PatentKind.UTILITY_MODEL),
    ("外观", PatentKind.DESIGN),
    ("design", PatentKind.DESIGN),
    ("发明", PatentKind.INVENTION),
    ("invention", PatentKind.INVENTION),
    ("新型", PatentKind.UTILITY_MODEL),
)
_GRANTED_KIND: Final = re.compile(r"发明授权|授权发明|发明专利授权|授权公告")


def read_kind(text: str) -> PatentKind | None:
    """Return the kind of patent that a word names, None when it names none."""
    word = clean_code(text).lower()
    return next((kind for part, kind in _KIND_WORDS if part in word), None)


def kind_proves_grant(text: str) -> bool:
    """Return whether the word for the kind names a granted document (发明授权), not only an application."""
    return bool(_GRANTED_KIND.search(clean_code(text)))


# --- Term ------------------------------------------------------------------------------------------

DESIGN_TERM_CHANGED_ON: Final = date(2021, 6, 1)  # 专利法 (2020) 42: designs filed from this day, 15 years
_TERM_YEARS: Final = {PatentKind.INVENTION: 20, PatentKind.UTILITY_MODEL: 10, PatentKind.DESIGN: 10}
_DESIGN_TERM_YEARS: Final = 15
_DAYS_A_YEAR: Final = 365.25


def term_years(kind: PatentKind, filed_on: date) -> int:
    """Return the years for which the law protects a patent, from the day of filing (专利法 42)."""
    if kind is PatentKind.DESIGN and filed_on >= DESIGN_TERM_CHANGED_ON:
        return _DESIGN_TERM_YEARS
    return _TERM_YEARS[kind]


def expiry_on(kind: PatentKind, filed_on: date) -> date:
    """Return the first day after the term: filed 1999-09-06 as a utility model, 2009-09-06.

    29 February falls on 28 February in a common year. Compensation of the term is not counted: no
    list tells it.
    """
    year = filed_on.year + term_years(kind, filed_on)
    try:
        return filed_on.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def is_term_over(kind: PatentKind, filed_on: date, on: date) -> bool:
    """Return whether the term is over on the day `on`."""
    return on >= expiry_on(kind, filed_on)


def remaining_days(kind: PatentKind, filed_on: date, on: date) -> int:
    """Return the days of the term that are left on the day `on`, that day included; 0 when it is over."""
    return max(0, (expiry_on(kind, filed_on) - on).days)


def remaining_years(kind: PatentKind, filed_on: date, on: date) -> float:
    """Return `remaining_days` in years of 365.25 days; for scoring, not for deadlines."""
    return remaining_days(kind, filed_on, on) / _DAYS_A_YEAR
