"""On which patents, lists and recorded facts a figure of a score sheet rests (依据), in sentences. Pure.

Decides which of a firm's patents an indicator looks at, and how its evidence reads. The value is computed
in `indicators`; a test holds the two together. Who reads evidence is decided by whoever asks: it names
declared figures, so it is for the office and the firm itself, never for an institution or a reviewer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import Text, _, listed
from ipfin.registry.statuses import Validity
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.indicators import CONTINUITY_YEARS
from ipfin.whitelist.portfolio import FirmView, of_kind

CHANGED_SINCE: Final = _(
    "评分后依据有变动：下列依据是现在登记的，按评分时的数据得出的数值不变，下一次评分时更新。"
)
UNCHANGED: Final = _("依据与评分时的数据逐项一致（数据摘要相符）。")


@dataclass(frozen=True, slots=True)
class ListTold:
    """One list that told patents: who gave it, of which day, and how many of those that count."""

    source: str
    as_of: date
    patents: int

    @property
    def sentence(self) -> Text:
        """The list in words."""
        return _(
            "%(source)s名单（数据日期%(day)s，%(count)s件）",
            source=self.source or _("来源未注明的"),
            day=self.as_of.isoformat(),
            count=self.patents,
        )


@dataclass(frozen=True, slots=True)
class FactTold:
    """One recorded fact: its value, who told it, of which day, when it was recorded, by which document."""

    value: Text | str
    source: Text
    as_of: date
    recorded_on: date
    document: str = ""

    @property
    def sentence(self) -> Text:
        """The fact in words."""
        said = {
            "value": self.value,
            "source": self.source,
            "day": self.as_of.isoformat(),
            "recorded": self.recorded_on.isoformat(),
        }
        if not self.document:
            return _("%(value)s：%(source)s，数据日期%(day)s，%(recorded)s登记", **said)
        return _(
            "%(value)s：%(source)s，数据日期%(day)s，%(recorded)s登记，依据%(document)s",
            **said,
            document=self.document,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one indicator rests on.

    `used` counts the patents that it looks at, None where it looks at none; `narrowed` narrows the firm's
    list of patents to where they stand. `facts` count, `superseded` were replaced by a later word,
    `later` came after the score.
    """

    code: str
    used: int | None = None
    narrowed: Mapping[str, str] | None = None
    lists: tuple[ListTold, ...] = ()
    facts: tuple[FactTold, ...] = ()
    superseded: tuple[FactTold, ...] = ()
    later: tuple[FactTold, ...] = ()

    @property
    def sentences(self) -> list[Text]:
        """Everything that the indicator rests on, in words; empty where nothing is recorded."""
        said: list[Text] = []
        if self.used:
            told = listed([one.sentence for one in self.lists])
            said.append(_("计入%(count)s件专利：%(lists)s。", count=self.used, lists=told))
        elif self.used is not None:
            said.append(_("名下没有可计入的专利。"))
        said += [_("采用：%(fact)s。", fact=one.sentence) for one in self.facts]
        said += [_("已被较新的一条替代：%(fact)s。", fact=one.sentence) for one in self.superseded]
        said += [_("评分后登记，下一次评分时采用：%(fact)s。", fact=one.sentence) for one in self.later]
        return said


@dataclass(frozen=True, slots=True)
class SheetEvidence:
    """The evidence of a whole sheet by indicator; `is_current` says that nothing changed since the score."""

    by_code: Mapping[str, Evidence]
    is_current: bool

    @property
    def sentence(self) -> Text:
        """Whether the evidence is that of the score, in words."""
        return UNCHANGED if self.is_current else CHANGED_SINCE

    def of(self, code: str) -> Evidence:
        """Return the evidence of one indicator; empty where nothing is recorded."""
        return self.by_code.get(code) or Evidence(code)


# --- Which patents count for what --------------------------------------------------------------------


def patents_used(firm: FirmView) -> dict[str, Sequence[PatentFacts]]:
    """Return for each indicator of patents those that it looks at: alone they give the same value."""
    return {code: choose(firm) for code, choose in _USED.items()}


def narrowed_to(code: str, used: Sequence[PatentFacts]) -> dict[str, str]:
    """Return the words of an address that narrow the firm's list of patents to where `used` stand."""
    words: dict[str, str] = {}
    if code in _OF_FORCE:
        words["validity"] = Validity.VALID.value
    kinds = {patent.kind for patent in used}
    if len(kinds) == 1 and (kind := kinds.pop()) is not None:
        words["kind"] = kind.value
    return words


_OF_FORCE: Final = frozenset({"L1", "L2", "L4", "T3"})


def _lasting(firm: FirmView) -> Sequence[PatentFacts]:
    chosen = of_kind(firm.effective, PatentKind.INVENTION) or of_kind(
        firm.effective, PatentKind.UTILITY_MODEL
    )
    return [patent for patent in chosen if patent.term_end() is not None]


def _counted(firm: FirmView) -> Sequence[PatentFacts]:
    kinds = (PatentKind.INVENTION, PatentKind.UTILITY_MODEL)
    return [patent for patent in firm.distinct_effective if patent.kind in kinds]


def _ever_granted(firm: FirmView) -> Sequence[PatentFacts]:
    return [
        patent
        for patent in firm.facts.patents
        if patent.validity is Validity.VALID
        or (patent.was_granted and patent.validity is not Validity.UNKNOWN)
    ]


def _filed_of_late(firm: FirmView) -> Sequence[PatentFacts]:
    window = range(firm.on.year - CONTINUITY_YEARS, firm.on.year)
    return [patent for patent in firm.facts.patents if patent.is_alive(firm.on) and patent.year in window]


_USED: Final[Mapping[str, Callable[[FirmView], Sequence[PatentFacts]]]] = {
    "L1": _counted,
    "L2": _lasting,
    "L3": _ever_granted,
    "L4": lambda firm: [patent for patent in firm.effective if patent.tells_flags],
    "T1": lambda firm: [patent for patent in firm.technical if patent.cited_by_count is not None],
    "T2": lambda firm: [
        patent for patent in of_kind(firm.technical, PatentKind.INVENTION) if patent.claims_count is not None
    ],
    "T3": lambda firm: [patent for patent in firm.distinct_effective if patent.kind is not None],
    "T4": lambda firm: [patent for patent in firm.technical if patent.ipc_subclasses],
    "T5": _filed_of_late,
}
