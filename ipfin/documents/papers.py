"""The papers of a meeting and the sheets of a firm: agendas, wall chart, sign-in sheet, score, profile.

Decides what stands on each and how a wide timetable is cut into pages. Times and tables come from the
timetable, scores from the scoring; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from ipfin.documents.letter import Verification, qr_of
from ipfin.documents.linebreaks import balanced
from ipfin.documents.pdf import PdfJob
from ipfin.kernel.text import SOURCE_LOCALE

DESKS_ON_A_PAGE = 7  # more would leave a firm's name less than 33 mm of an A4 page laid across
FEWEST_DESKS_ON_A_PAGE = 3
SLOTS_PRINTED_LARGE: Final = 7  # of an agenda: a firm's; a bank's whole day is printed so that it fits a page
# The table of the wall chart as document.css sets it, mm: the page less its margins and head, the column of
# times, what stands beside and above a cell's words, the number of a desk.
_WALL_WIDTH, _WALL_HEIGHT = 269, 163
_WALL_TITLE, _WALL_TITLE_CHARACTERS = 6.7, 52
_WALL_TIME, _WALL_SIDES, _WALL_PAD, _WALL_DESK = 27, 2.6, 1.8, 6.2
_WALL_POINTS: Final = {"roomy": 10, "": 8.5, "dense": 7.5}
_WALL_LEADING, _MM_A_POINT = 1.3, 25.4 / 72


@dataclass(frozen=True, slots=True)
class AgendaSlot:
    """One meeting: `time` such as 09:00—09:20, the desk's number, the other side, who comes, a remark."""

    time: str
    desk: str
    counterpart: str
    people: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EventHead:
    """What every paper of an event says at its top, and at its foot.

    `edition` is the timetable it is of, so that an old sheet is told from a new one; `made`, when it was set.
    """

    title: str
    time: str
    venue: str
    organiser: str
    contact: str = ""
    synthetic: bool = False
    edition: str = ""
    made: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """The day of one participant; `slots` in order of time."""

    event: EventHead
    participant: str
    role: str
    slots: Sequence[AgendaSlot]
    notices: Sequence[str] = ()
    verification: Verification | None = None

    @property
    def has_notes(self) -> bool:
        """Whether anything is remarked of a meeting."""
        return any(str(slot.note) for slot in self.slots)

    @property
    def is_short(self) -> bool:
        """Whether there is room to print it large."""
        return len(self.slots) <= SLOTS_PRINTED_LARGE


@dataclass(frozen=True, slots=True)
class WallPanel:
    """One page of a wall chart; `size` is how big its names are set, `characters` what a line takes."""

    desks: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[str]]]
    size: str

    @property
    def characters(self) -> int:
        """How many Chinese characters a line of a cell takes."""
        width = (_WALL_WIDTH - _WALL_TIME) / max(1, len(self.desks)) - _WALL_SIDES
        return max(2, int(width / (_WALL_POINTS[self.size] * _MM_A_POINT)))

    @property
    def height(self) -> float:
        """How high the table is, mm, estimated from above."""
        line = _WALL_POINTS[self.size] * _MM_A_POINT * _WALL_LEADING
        head = (
            _WALL_DESK + _WALL_PAD + line * max((self._lines(house) for _n, house in self.desks), default=1)
        )
        cells = (max(map(self._lines, names), default=1) for _time, names in self.rows)
        return head + sum(_WALL_PAD + line * lines for lines in cells)

    def _lines(self, name: str) -> int:
        if " " in name:  # broken between words, which leaves room at the ends
            return -(-wide(name) * 6 // (10 * self.characters))
        return len(balanced(name, self.characters))


@dataclass(frozen=True, slots=True)
class WallChart:
    """Who sits where and when: `desks` are (number, institution); `rows` are (time, a name for each desk)."""

    event: EventHead
    desks: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[str]]]

    def panels(self) -> list[WallPanel]:
        """Return the chart cut into pages of nearly equal numbers of desks, every slot on each.

        Who stands before a wall does not turn leaves: desks go to a further page, or names are set smaller,
        before a slot goes to one. Only where neither helps do the slots run on, under the same head.
        """
        count = len(self.desks)
        room = _WALL_HEIGHT - _WALL_TITLE * len(balanced(self.event.title, _WALL_TITLE_CHARACTERS))
        fewest = max(1, -(-count // DESKS_ON_A_PAGE))
        for pages in range(fewest, max(fewest, -(-count // FEWEST_DESKS_ON_A_PAGE)) + 1):
            for size in _WALL_POINTS:
                panels = self._cut(pages, size)
                if all(panel.height <= room for panel in panels):
                    return panels
        return self._cut(fewest, "")

    def _cut(self, pages: int, size: str) -> list[WallPanel]:
        bounds = [len(self.desks) * i // pages for i in range(pages + 1)]
        return [
            WallPanel(self.desks[a:b], [(time, names[a:b]) for time, names in self.rows], size)
            for a, b in pairwise(bounds)
        ]


def wide(text: str) -> int:
    """Return how wide a text is printed, in halves of a Chinese character."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


@dataclass(frozen=True, slots=True)
class Attendee:
    """One line of the sign-in sheet; `phone_ending` is the last four digits, no more is printed.

    `address` is what the code at the end of the line leads to: who signed is then checked in by scanning.
    """

    organisation: str
    name: str = ""
    post: str = ""
    phone_ending: str = ""
    desk: str = ""
    address: str = ""

    @property
    def qr_image(self) -> str:
        """The QR code of `address` as an image address; empty without one."""
        return qr_of(self.address) if self.address else ""


@dataclass(frozen=True, slots=True)
class SignInSheet:
    """The registered, in the order given and counted from `first`, and lines for those who come without."""

    event: EventHead
    attendees: Sequence[Attendee]
    blank_lines: int = 5
    first: int = 1

    @property
    def has_desks(self) -> bool:
        """Whether anybody has a desk of his own: firms go from desk to desk."""
        return any(attendee.desk for attendee in self.attendees)

    @property
    def is_coded(self) -> bool:
        """Whether lines have codes to be scanned."""
        return any(attendee.address for attendee in self.attendees)


def agenda_job(agenda: Agenda, *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return a participant's agenda as a document to be set."""
    context = {"agenda": agenda, "event": agenda.event}
    return PdfJob("documents/agenda.html", context, locale, f"{agenda.event.title} {agenda.participant}")


def wall_chart_job(chart: WallChart, *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return the wall chart as a document to be set."""
    return PdfJob(
        "documents/event_wall.html", {"chart": chart, "event": chart.event}, locale, chart.event.title
    )


def sign_in_job(sheet: SignInSheet, *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return the sign-in sheet as a document to be set."""
    return PdfJob(
        "documents/sign_in_sheet.html", {"sheet": sheet, "event": sheet.event}, locale, sheet.event.title
    )


def score_sheet_job(sheet: Mapping[str, Any], *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return the explained score of one firm as a document to be set.

    `sheet` holds plain values, already written as the reader shall see them:
    `enterprise` {name, code, region}; `scheme` {title, version, round, as_of (date)}; `total`, `exact` (the
    total uncut, empty where not told), `full` (points that can be earned), `grade`, `standing` (a
    sentence); `chapters`, each {title, notes, items (each {code, sentence, how})}; `criteria`, each {code,
    name, weight, value, points, maximum, note, evidence (sentences), known, share (0 to 100, of
    `maximum`), opens (the block that begins here {name, points, maximum}, or None)}; `gates`, each {name,
    state, tone (passed, stopped or open), details (sentences)}; `sources`, each {name, as_of}; `notes`,
    sentences; `verification` (Verification or None); `synthetic`; `watermark`.
    """
    return PdfJob("documents/score_sheet.html", {"sheet": sheet}, locale, sheet["enterprise"]["name"])


def enterprise_profile_job(profile: Mapping[str, Any], *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return the one-page profile of a firm as a document to be set.

    `profile` holds plain values: `name`, `code`, `as_of` (date); `facts`, pairs of label and value;
    `figures`, each {label, value, unit}; `grade`, `grade_note`; `chart` (charts.Chart or None);
    `declared`, optional, (what, value, source, day) each;
    `patents`, each {number, title, kind, status, filed_on, note}, the most important first, with
    `patents_total`; `remarks`, sentences; `verification`, `synthetic`, `watermark`.
    """
    return PdfJob("documents/enterprise_profile.html", {"profile": profile}, locale, profile["name"])


def authorisation_job(paper: Mapping[str, Any], *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return what a firm agreed to (授权书) as a document to be set.

    `paper` holds plain values: `title`, `firm`, `recipient`, `opening` (a sentence), `said`, sentences;
    `on` (date), `digest`, `verification`, `synthetic`.
    """
    return PdfJob("documents/authorisation.html", {"paper": paper}, locale, paper["firm"])


def event_report_job(
    event: EventHead, figures: Any, verification: Verification | None, *, locale: str = SOURCE_LOCALE
) -> PdfJob:
    """Return the figures of an event as a document to be set.

    `figures` has `lines`, pairs of label and value, and the tables `by_day` and `by_institution`, each
    beginning with the row of its headers.
    """
    context = {"event": event, "figures": figures, "verification": verification}
    return PdfJob("documents/event_report.html", context, locale, event.title)


def minutes_job(
    event: EventHead,
    body: str,
    on: date,
    verification: Verification | None,
    *,
    locale: str = SOURCE_LOCALE,
) -> PdfJob:
    """Return the minutes of an event as a document to be set; `body` has a paragraph a line."""
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    context = {"event": event, "paragraphs": lines, "on": on, "verification": verification}
    return PdfJob("documents/event_minutes.html", context, locale, event.title)


def timetable_proof_job(
    event: EventHead,
    proof: Mapping[str, Any],
    verification: Verification | None,
    *,
    locale: str = SOURCE_LOCALE,
) -> PdfJob:
    """Return the certificate of a timetable (排期证明) as a document to be set.

    `proof` holds plain values: `number`, `verdict`; `reached` and `found`, pairs of label and sentence;
    `unserved`, sentences; `left_out`, pairs of reason and count.
    """
    context = {"event": event, "proof": proof, "verification": verification}
    return PdfJob("documents/timetable_proof.html", context, locale, event.title)
