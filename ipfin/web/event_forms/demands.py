"""The forms of what the office demands of a timetable: least numbers of meetings, the order of two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from ipfin.events.demands import Order, Pair
from ipfin.events.details import MOST_MEETINGS_OF_ONE
from ipfin.events.lifecycle import SIDE_LABELS
from ipfin.events.models import MeetingMinimum, MeetingOrder, Registration
from ipfin.web.i18n import in_reader_language
from ipfin.web.versioned import VersionedForm

_CHOOSE = InputRequired(_("请选择。"))


def pair_word(pair: Pair) -> str:
    """Return how a meeting is written in a form: institution and firm."""
    return f"{pair[0]}-{pair[1]}"


def _pair_of(word: str) -> Pair:
    house, _dash, firm = word.partition("-")
    return int(house), int(firm)


class MinimumForm(VersionedForm):
    """How many meetings one participant should get at least."""

    together = (("registration", "least"),)

    registration = SelectField(_("参会单位"), [_CHOOSE], coerce=int)
    least = IntegerField(
        _("最低场次"), [InputRequired(_("请填写整数。")), NumberRange(0, MOST_MEETINGS_OF_ONE)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "least-", **kwargs})  # it shares a page with other forms
        self.registration.choices = []

    @classmethod
    def of(cls, registration_id: int | None, row: MeetingMinimum | None, **sent: Any) -> MinimumForm:
        """Return the form of a participant with what was said of it."""
        said = {"registration": registration_id, "least": row.least if row else None}
        return cls(data={**said, "version": row.lock_version if row else 0}, **sent)

    def offer(self, participants: Sequence[Registration]) -> MinimumForm:
        """Offer the confirmed participants of both sides to choose from."""
        self.registration.choices = [
            (
                row.id,
                gettext(
                    "%(name)s（%(side)s）",
                    name=row.display_name,
                    side=in_reader_language(SIDE_LABELS[row.side]),
                ),
            )
            for row in participants
        ]
        return self


class OrderForm(VersionedForm):
    """Which meeting is held before which."""

    together = (("earlier", "later"),)

    earlier = SelectField(_("先进行的洽谈"), [_CHOOSE])
    later = SelectField(_("后进行的洽谈"), [_CHOOSE])
    reason = StringField(_("说明（可不填）"), [Length(max=300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "order-", **kwargs})
        self.earlier.choices = self.later.choices = []

    @classmethod
    def of(cls, row: MeetingOrder | None, **sent: Any) -> OrderForm:
        """Return the form filled with an order that is there."""
        if row is None:
            return cls(data={"version": 0}, **sent)
        return cls(
            data={
                "earlier": pair_word((row.earlier_house_id, row.earlier_firm_id)),
                "later": pair_word((row.later_house_id, row.later_firm_id)),
                "reason": row.reason,
                "version": row.lock_version,
            },
            **sent,
        )

    def offer(self, agreed: Iterable[Pair], names: Mapping[int, str]) -> OrderForm:
        """Offer the meetings that both sides accepted, by the firm's name."""
        named = sorted((names.get(pair[1], "—"), names.get(pair[0], "—"), pair) for pair in agreed)
        choices = [
            (pair_word(pair), gettext("%(firm)s与%(house)s", firm=firm, house=house))
            for firm, house, pair in named
        ]
        self.earlier.choices = self.later.choices = choices
        return self

    def order(self) -> Order:
        """Return what was chosen in a valid form."""
        return Order(_pair_of(self.earlier.data or ""), _pair_of(self.later.data or ""))

    @property
    def chosen(self) -> set[Pair]:
        """The meetings that the form says, as far as it says them well."""
        words = [str(one.data or "") for one in (self.earlier, self.later)]
        return {_pair_of(word) for word in words if re.fullmatch(r"[0-9]{1,18}-[0-9]{1,18}", word)}
