"""Badges, table signs and the programme of an event: what lies on the tables and hangs around necks.

Decides how many stand on a page, and how a long name is made to fit; what is written on them is decided
by the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ipfin.documents.letter import qr_of
from ipfin.documents.papers import EventHead, wide
from ipfin.documents.pdf import PdfJob
from ipfin.kernel.text import SOURCE_LOCALE

BADGES_ON_A_PAGE: Final = 8  # two across, four down: 95 by 69 mm, for holders of 95 by 70
_ACROSS: Final = 2
_WIDEST: Final = {"huge": 32, "big": 42, "small": 66}  # halves of a character on a line of a table sign


@dataclass(frozen=True, slots=True)
class Badge:
    """One person's badge (参会证): `address` is what its code leads to; an empty name is written by hand."""

    number: int
    name: str
    organisation: str
    side: str
    address: str
    desk: str = ""
    post: str = ""

    @property
    def size(self) -> str:
        """How big the name is printed: long ones smaller."""
        width = wide(self.name)
        return "huge" if width <= 8 else "big" if width <= 14 else "small"

    @property
    def qr_image(self) -> str:
        """The QR code as an image address."""
        return qr_of(self.address)


@dataclass(frozen=True, slots=True)
class Badges:
    """The badges of an event, in the order of their numbers."""

    event: EventHead
    badges: Sequence[Badge]

    def pages(self) -> list[list[list[Badge]]]:
        """Return pages of rows of badges."""
        rows = [list(self.badges[at : at + _ACROSS]) for at in range(0, len(self.badges), _ACROSS)]
        down = BADGES_ON_A_PAGE // _ACROSS
        return [rows[at : at + down] for at in range(0, len(rows), down)]


@dataclass(frozen=True, slots=True)
class TableSign:
    """A sign on a desk (桌签): its number, and whoever hosts it, one or several after each other."""

    desk: str
    hosts: Sequence[str]

    @property
    def size(self) -> str:
        """How big the hosts are printed: all of them take two lines at most, or are printed small."""
        lines = sum(-(-wide(host) // _WIDEST["big"]) for host in self.hosts)
        if len(self.hosts) == 1 and wide(self.hosts[0]) <= _WIDEST["huge"]:
            return "huge"
        return "big" if lines <= 2 else "small"

    @property
    def characters(self) -> int:
        """How many Chinese characters a line of the hosts takes."""
        return _WIDEST[self.size] // 2


@dataclass(frozen=True, slots=True)
class Programme:
    """The course of an event (会议议程): (time, what), the talks' slots, and who hosts which desk."""

    event: EventHead
    lines: Sequence[tuple[str, str]]
    desks: Sequence[tuple[str, str]]
    summary: str = ""
    directions: str = ""

    def desk_rows(self) -> list[tuple[tuple[str, str], tuple[str, str]]]:
        """Return the desks two to a row, the first half of them at the left."""
        half = -(-len(self.desks) // 2)
        right = [*self.desks[half:], ("", "")]
        return list(zip(self.desks[:half], right, strict=False))


def badges_job(badges: Badges, *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return the badges as a document to be set."""
    context = {"badges": badges, "event": badges.event}
    return PdfJob("documents/badges.html", context, locale, badges.event.title)


def table_signs_job(event: EventHead, signs: Sequence[TableSign], *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return the table signs, one to a page that is folded once, as a document to be set."""
    return PdfJob("documents/table_signs.html", {"signs": signs, "event": event}, locale, event.title)


def programme_job(programme: Programme, *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return the programme as a document to be set."""
    context = {"programme": programme, "event": programme.event}
    return PdfJob("documents/programme.html", context, locale, programme.event.title)
