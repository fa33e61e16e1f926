"""The child process that sets PDFs: `python -m ipfin.documents.pdf_worker`, spoken to over its pipes.

A document may hold anything that people typed, so the process that lays it out has bounded memory and
time, no way to the network and no secrets in its environment, and opens only `data:` addresses and files
below the folders it was told. Decides what may be fetched, and when a set of documents gets faces of its
own; what is set is decided in `pdf`.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import struct
import sys
from collections.abc import Iterator, Mapping
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from ipfin.documents.fonts import font_faces, show_missing
from ipfin.documents.small_faces import preferring_small, small_faces

_LENGTH = struct.Struct(">Q")
_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.send", "socket.bind")
_PROGRAMS = ("subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork")
FEWEST_OF_A_SET = 3  # from so many documents on, faces of their own cost less than they save


def write_frame(stream: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    """Write one message: a JSON header and bytes, each with its length before it."""
    head = json.dumps(header).encode()
    stream.write(_LENGTH.pack(len(head)) + head + _LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Read one message; EOFError when the other side is gone."""
    header = json.loads(_read_block(stream))
    return header, _read_block(stream)


def _read_block(stream: BinaryIO) -> bytes:
    size = stream.read(_LENGTH.size)
    if len(size) < _LENGTH.size:
        raise EOFError
    block = stream.read(_LENGTH.unpack(size)[0])
    if len(block) < _LENGTH.unpack(size)[0]:
        raise EOFError
    return block


def allowed_path(url: str, folders: list[Path]) -> Path | None:
    """Return the file that `url` names when it lies below one of `folders`, links followed."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
        return None
    path = Path(unquote(parts.path)).resolve()
    return path if path.is_file() and any(path.is_relative_to(folder) for folder in folders) else None


def _closed_fetcher(folders: list[Path], held: Mapping[str, bytes], refused: list[str]) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class ClosedFetcher(URLFetcher):
        """Opens `data:`, what is held and the files below the given folders; notes every other address."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """Return the content at `url`, or refuse."""
            if url.lower().startswith("data:"):
                return super().fetch(url, headers)
            if url in held:
                return URLFetcherResponse(url, held[url])
            path = allowed_path(url, folders)
            if path is None:
                refused.append(url[:200])
                raise ValueError("this document may not open that address")
            return URLFetcherResponse(url, path.read_bytes())

    return ClosedFetcher(allowed_protocols=["data"], allow_redirects=False)


def bar_network_and_programs() -> None:
    """Let this process open no connection and start no program from now on (Python audit hooks)."""

    def refuse(event: str, _arguments: Any) -> None:
        if event.startswith(_NETWORK + _PROGRAMS):
            raise PermissionError(f"{event} is barred here")

    sys.addaudithook(refuse)


def _allow_seconds(seconds: int) -> None:
    """Let the process use this much more processor time, however long the machine takes to grant it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    setting, _body = read_frame(source)
    memory = setting["megabytes"] << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    press = _Press(setting)
    bar_network_and_programs()
    while True:
        question, body = read_frame(source)
        _allow_seconds(setting["seconds"])
        documents = [part.decode() for part in _parts(body, question["lengths"])]
        own = _Press(setting, documents) if len(documents) >= FEWEST_OF_A_SET else press
        for place, html in enumerate(documents):
            _allow_seconds(setting["seconds"])
            try:
                header, content = own.lay_out(html)
            except Exception:  # whatever a library raises, the parent gets an answer and our log the cause
                logging.getLogger(__name__).exception("a document could not be set")
                header, content = {"failed": True}, b""
            write_frame(sink, header | {"number": question["number"], "place": place}, content)


def _parts(body: bytes, lengths: list[int]) -> Iterator[bytes]:
    for start, end in pairwise(accumulate(lengths, initial=0)):
        yield body[start:end]


class _Press:
    """What stays between two documents: the loaded fonts and the style sheets.

    For a set of documents the faces are cut down to what stands in them.
    """

    def __init__(self, setting: dict[str, Any], documents: list[str] | None = None) -> None:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        logging.getLogger("weasyprint").setLevel(logging.ERROR)
        self.font_folder = Path(setting["font_folder"]) if setting["font_folder"] else None
        static = Path(setting["static_folder"]).resolve()
        folders = [static] + ([self.font_folder.resolve()] if self.font_folder else [])
        css, faces = setting["css"], font_faces(self.font_folder)
        held: dict[str, bytes] = {}
        if documents:
            rules, held = small_faces("".join([css, *documents]))
            css, faces = preferring_small(css), f"{faces}\n{rules}"
        self.refused: list[str] = []
        self.fonts, self.base = FontConfiguration(), f"{static.as_uri()}/"
        self.fetcher = _closed_fetcher(folders, held, self.refused)
        self.sheets = [
            CSS(string=text, font_config=self.fonts, url_fetcher=self.fetcher, base_url=self.base)
            for text in (faces, css)
        ]

    def lay_out(self, html: str) -> tuple[dict[str, Any], bytes]:
        """Return what is to be said of the document, and the document."""
        from weasyprint import HTML

        self.refused.clear()
        shown, replaced = show_missing(html, self.font_folder)
        page = HTML(string=shown, url_fetcher=self.fetcher, base_url=self.base)
        content = page.write_pdf(stylesheets=self.sheets, font_config=self.fonts, pdf_tags=True)
        return {"refused": self.refused, "replaced": replaced}, content


def main() -> None:
    """Serve documents until the parent closes the pipe."""
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints would break into the answer
    try:
        _serve(sys.stdin.buffer, sink)
    except EOFError:
        return


if __name__ == "__main__":
    main()
