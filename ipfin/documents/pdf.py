"""Letters, agendas and forms as PDF: a template and its context in, a tagged PDF with its fonts out.

Decides how templates are filled (autoescaped, in a locale) and what one document may cost; the setting
itself is done by `pdf_worker` in a child process. Lists of hundreds of rows go through `listing_pdf`.
A set of documents may cost as often what one may; the limit is in the processor's time, so that a busy
machine takes longer and stops nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self, cast

from ipfin.documents.linebreaks import balanced
from ipfin.documents.pdf_worker import read_frame, write_frame
from ipfin.documents.safety import clean_text
from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate

if TYPE_CHECKING:
    from jinja2 import Environment

_PROJECT = Path(__file__).resolve().parents[2]
_DOCUMENTS_PER_CHILD = 100  # then a fresh one, so that no leak of a library adds up
_OF_A_SET = 100  # documents that share their faces, at most: their markup is held in the child
_ENGLISH_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June")
_ENGLISH_MONTHS += ("July", "August", "September", "October", "November", "December")


class PdfFailed(DomainError):
    """The PDF could not be made; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where documents are set from, and what one of them may cost.

    `font_folder` holds fonts that the office has licensed; `seconds` are of the processor for one document,
    `patience` of the clock, for as long as a child may stand still: one that gets a little of the processor
    now and then is starved and not hung, however long it takes;
    `megabytes` the address space of the child.
    """

    font_folder: Path | None = None
    seconds: int = 20
    patience: int = 300
    megabytes: int = 512
    templates: Path = _PROJECT / "templates"
    static_folder: Path = _PROJECT / "static"
    stylesheet: str = "css/document.css"


DEFAULT = Setting()


@dataclass(frozen=True, slots=True)
class PdfJob:
    """One document to be made: its template, what fills it, and the language of the reader."""

    template: str
    context: Mapping[str, Any]
    locale: str = SOURCE_LOCALE
    name: str = ""


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished PDF, and the characters that no font had and that stand in it as 〓."""

    content: bytes
    replaced: tuple[str, ...] = ()


def render_html(template: str, context: Mapping[str, Any], *, locale: str = SOURCE_LOCALE) -> str:
    """Fill a template of the default folder; every value is escaped, sentences are put in `locale`."""
    return _fill(PdfJob(template, context, locale), DEFAULT)


def render_pdf(
    template: str, context: Mapping[str, Any], *, locale: str = SOURCE_LOCALE, setting: Setting = DEFAULT
) -> bytes:
    """Make one PDF in a child process of its own (about a second; for several use `render_many`)."""
    with Typesetter(setting) as typesetter:
        return typesetter.render(PdfJob(template, context, locale)).content


def render_many(jobs: Iterable[PdfJob], *, setting: Setting = DEFAULT) -> Iterator[bytes]:
    """Make the PDFs one after the other, in order, in one child that starts once."""
    with Typesetter(setting) as typesetter:
        for made in typesetter.render_all(list(jobs)):
            yield made.content


class Typesetter:
    """A child process that sets documents one after the other; not for use from two threads at once."""

    def __init__(self, setting: Setting = DEFAULT) -> None:
        self.setting = setting
        self._child: subprocess.Popen[bytes] | None = None
        self._made = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def child_id(self) -> int | None:
        """The process id of the child, None before the first document."""
        return None if self._child is None else self._child.pid

    @property
    def is_alive(self) -> bool:
        """Whether a child has been started and still runs."""
        return self._child is not None and self._child.poll() is None

    def close(self) -> None:
        """End the child."""
        child, self._child, self._made = self._child, None, 0
        if child is not None:
            child.kill()  # it holds nothing worth waiting for
            with suppress(BrokenPipeError):
                child.__exit__(None, None, None)

    def render(self, job: PdfJob) -> RenderedPdf:
        """Make one PDF.

        Raises:
            PdfFailed: it took too long or too much memory, could not be laid out, or its markup named an
                address outside our own files, which no template of ours does.
        """
        return self.set_html(_fill(job, self.setting), job.name or job.template)

    def render_all(self, jobs: Sequence[PdfJob]) -> Iterator[RenderedPdf]:
        """Make the PDFs of a set in order, each when it is asked for; they share the faces they are set in.

        Raises:
            PdfFailed: as `render`, with the document it was; those before it have been handed out.
        """
        for start in range(0, len(jobs), _OF_A_SET):
            part = jobs[start : start + _OF_A_SET]
            yield from self._set([(_fill(job, self.setting), job.name or job.template) for job in part])

    def set_html(self, html: str, name: str) -> RenderedPdf:
        """Make a PDF of finished HTML; `name` stands in the refusal.

        Raises:
            PdfFailed: it took too much time or memory, or it names an address outside our own files.
        """
        (made,) = self._set([(html, name)])
        return made

    def _set(self, documents: Sequence[tuple[str, str]]) -> Iterator[RenderedPdf]:
        names = [name for _html, name in documents]
        answers = self._ask([clean_text(html).encode() for html, _name in documents], names)
        for name, (header, content) in zip(names, answers, strict=True):
            if header.get("failed"):
                self.close()  # after a MemoryError nothing in it can be trusted
                raise PdfFailed(_failure(name))
            if header["refused"]:
                raise PdfFailed(
                    _("文件“%(name)s”里有指向外部的地址，为安全起见没有生成；请联系系统管理员。", name=name)
                )
            yield RenderedPdf(content, tuple(header["replaced"]))

    def _ask(self, bodies: Sequence[bytes], names: Sequence[str]) -> Iterator[tuple[dict[str, Any], bytes]]:
        if self._made >= _DOCUMENTS_PER_CHILD:
            self.close()
        child = self._child = self._child or _start(self.setting)
        self._made += len(bodies)
        place, watch = 0, _Watch(child, self.setting.patience)
        try:
            with watch.kept():
                question = {"number": self._made, "lengths": [len(body) for body in bodies]}
                write_frame(cast(BinaryIO, child.stdin), question, b"".join(bodies))
            for place in range(len(bodies)):
                with watch.kept():
                    header, content = read_frame(cast(BinaryIO, child.stdout))
                if (header["number"], header["place"]) != (question["number"], place):
                    raise EOFError  # the answer to another question: nobody may get another's document
                yield header, content
        except (EOFError, BrokenPipeError) as error:
            with suppress(subprocess.TimeoutExpired):
                child.wait(1)  # what it says of its end is told by what it died of
            self.close()
            raise PdfFailed(_ending(child, watch, names[place], self.setting)) from error
        except BaseException as error:
            if not isinstance(error, GeneratorExit) or place < len(bodies) - 1:
                self.close()  # answers may still be on their way
            raise


@dataclass(slots=True)
class Stillness:
    """For how long a process has not worked, by the processor's time that it used."""

    patience: float
    used: float = -1.0
    since: float = 0.0

    def is_over(self, used: float, now: float) -> bool:
        """Whether it stood still for as long as one waits, having used so much by now."""
        if used != self.used:
            self.used, self.since = used, now
            return False
        return now - self.since >= self.patience


class _Watch:
    """Ends a child that stands still while it is asked for something."""

    def __init__(self, child: subprocess.Popen[bytes], patience: int) -> None:
        self.child, self.patience, self.gave_up = child, patience, False

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Look at the child from time to time until the block ends."""
        done = threading.Event()
        looker = threading.Thread(target=self._look, args=(done,), daemon=True)
        looker.start()
        try:
            yield
        finally:
            done.set()
            looker.join()  # it ends no child of later

    def _look(self, done: threading.Event) -> None:
        still = Stillness(self.patience)
        while not done.wait(min(1.0, self.patience / 4)):
            used = _processor_time(self.child.pid)
            if used is None:
                return
            if still.is_over(used, time.monotonic()):
                self.gave_up = True
                self.child.kill()
                return


def _processor_time(process_id: int) -> float | None:
    """Return the processor's seconds that a process has used; None when it is gone."""
    try:
        words = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _start(setting: Setting) -> subprocess.Popen[bytes]:
    # isolated from our environment: no settings, no secrets, no proxy addresses
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": tempfile.gettempdir()}
    # one arena: else each thread that looks for fonts reserves 64 MB of what the child may take
    environment["MALLOC_ARENA_MAX"] = "1"
    child = subprocess.Popen(
        [sys.executable, "-m", "ipfin.documents.pdf_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment | {"PYTHONPATH": str(_PROJECT)},
        cwd=tempfile.gettempdir(),
    )
    header = {
        "megabytes": setting.megabytes,
        "seconds": setting.seconds,
        "font_folder": str(setting.font_folder or ""),
        "static_folder": str(setting.static_folder),
        "css": (setting.static_folder / setting.stylesheet).read_text(encoding="utf-8"),
    }
    write_frame(cast(BinaryIO, child.stdin), header)
    return child


def _lateness(name: str, setting: Setting) -> Text:
    seconds = setting.seconds
    return _(
        "文件“%(name)s”在%(seconds)s秒内没有排完，已停止；请减少内容后重试。", name=name, seconds=seconds
    )


def _failure(name: str) -> Text:
    return _("文件“%(name)s”没有生成：排版程序中止或内存不足；请减少内容后重试。", name=name)


def _ending(child: subprocess.Popen[bytes], watch: _Watch, name: str, setting: Setting) -> Text:
    """Return what is said of a child that ended before its answer."""
    if child.returncode == -signal.SIGXCPU:
        return _lateness(name, setting)
    return _standstill(name, setting) if watch.gave_up else _failure(name)


def _standstill(name: str, setting: Setting) -> Text:
    return _(
        "文件“%(name)s”没有生成：排版程序超过%(seconds)s秒没有进展，已中止；请稍后重试。",
        name=name,
        seconds=setting.patience,
    )


def _fill(job: PdfJob, setting: Setting) -> str:
    template = _environment(setting.templates, job.locale).get_template(job.template)
    return template.render(job.context, locale=job.locale)


@cache
def _environment(templates: Path, locale: str) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        finalize=lambda value: _spoken(value, locale),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: translate(text, locale),
        lambda one, many, n: translate(one if n == 1 else many, locale),
        newstyle=True,
    )
    environment.filters["long_date"] = lambda day: long_date(day, locale)
    environment.filters["lines"] = balanced
    return environment


def _spoken(value: Any, locale: str) -> Any:
    if value is None:
        return ""
    return translate(value, locale) if isinstance(value, Text) else value


def long_date(day: date, locale: str = SOURCE_LOCALE) -> str:
    """Return 2026年3月5日 (no leading zeros, GB/T 9704-2012 7.3.5.4), or 5 March 2026."""
    if locale == SOURCE_LOCALE:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
