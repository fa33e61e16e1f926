"""What of a firm's patents is pledged now and what could be pledged (可出质情况). Pure.

Decides how patents in force are sorted by the refusal grounds that lists and pledge registrations show. It
is a fact beside the score and no merit: a present pledge earns nothing, and on the card L4 counts it among
the grounds. "None shown" clears nothing where the list tells no legal events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ipfin.kernel.text import Text, _
from ipfin.registry.statuses import Flag
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gates import WAIVABLE, flags_of

NO_MERIT: Final = _(
    "在押是事实，不是加分项；评分卡的“可出质比例”把在押计入不予质押登记的情形。能否质押以专利登记簿和登记机构审查为准。"
)


@dataclass(frozen=True, slots=True)
class Pledgeability:
    """Patents in force on a day, each counted once in `free`, `waivable`, `barred` or `untold`.

    `waivable`: the parties may agree to the only grounds shown. `barred`: another ground is shown, pledges
    among them; `pledged` counts those. `untold`: the list tells no legal events.
    """

    on: date
    in_force: int
    pledged: int
    free: int
    waivable: int
    barred: int
    untold: int

    @property
    def lines(self) -> list[tuple[Text, int]]:
        """What is counted, in words, with the number of patents."""
        return [
            (_("现在押"), self.pledged),
            (_("名单未显示不予登记情形，可申请质押"), self.free),
            (_("只有当事人知悉并同意即可质押的情形"), self.waivable),
            (_("有不予质押登记的情形（含在押）"), self.barred),
            (_("名单不含负担信息，须查登记簿"), self.untold),
        ]

    @property
    def sentence(self) -> Text:
        """Everything in one sentence, for paper."""
        return _(
            "有效专利%(all)s件：现在押%(pledged)s件；可申请质押%(free)s件，当事人同意即可质押%(waivable)s件，"
            "不予质押登记（含在押）%(barred)s件，名单不含负担信息%(untold)s件。",
            all=self.in_force,
            pledged=self.pledged,
            free=self.free,
            waivable=self.waivable,
            barred=self.barred,
            untold=self.untold,
        )


def pledgeability(patents: Iterable[PatentFacts], on: date) -> Pledgeability:
    """Return how the patents that are in force on day `on` stand towards a pledge."""
    standing = [patent for patent in patents if patent.is_effective(on)]
    grounds = [flags_of(patent, on) for patent in standing]
    barred = sum(bool(found - WAIVABLE) for found in grounds)
    waivable = sum(bool(found) and found <= WAIVABLE for found in grounds)
    pairs = list(zip(standing, grounds, strict=True))
    untold = sum(not found and not patent.tells_flags for patent, found in pairs)
    return Pledgeability(
        on=on,
        in_force=len(standing),
        pledged=sum(Flag.PLEDGED in patent.flags for patent in standing),
        free=len(standing) - barred - waivable - untold,
        waivable=waivable,
        barred=barred,
        untold=untold,
    )
