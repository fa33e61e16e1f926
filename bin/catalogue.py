"""Keep the English catalogue complete: collect the Chinese sentences, and check that each has its English.

Decides where sentences are looked for and what a complete catalogue is; what they say in English is
written by hand in `ipfin/translations/en/LC_MESSAGES/messages.po`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "ipfin" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
SOURCES = (
    ("ipfin", "**.py", "python"),
    ("templates", "**.html", "jinja2"),
    ("templates", "**.txt", "jinja2"),
)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "sentence": None,  # the kernel's `_` where Flask's stands beside it
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACE = re.compile(r"%\((\w+)\)")


def collected(root: Path = ROOT) -> Catalog:
    """Return every sentence of the code and the templates under `root`, with the places it stands at."""
    catalogue = Catalog(project="ipfin", charset="utf-8", fuzzy=False)
    for folder, pattern, method in SOURCES:
        found = extract_from_dir(
            root / folder,
            method_map=[(pattern, method)],
            options_map={pattern: {"silent": "false", "encoding": "utf-8"}},
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for name, line, sentence, comments, context in found:
            place = (f"{folder}/{name}", line)
            catalogue.add(sentence, None, [place], auto_comments=comments, context=context)
    return catalogue


def update(path: Path = ENGLISH, root: Path = ROOT) -> str:
    """Bring the catalogue at `path` up to the sentences of the source; return what changed in words.

    New sentences are added empty, never guessed from similar ones; those that are gone are dropped.
    """
    before = read(path)
    known = {(message.id, message.context) for message in before if message.id}
    created = before.creation_date
    before.update(collected(root), no_fuzzy_matching=True, update_header_comment=False)
    before.creation_date = created  # or every run would be a change to commit
    before.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, before, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    now = {(message.id, message.context) for message in before if message.id}
    return f"{len(now)} sentences, {len(now - known)} new, {len(known - now)} gone"


def read(path: Path) -> Catalog:
    """Return the catalogue at `path`, an empty English one if there is none."""
    if not path.exists():
        return Catalog(locale="en", domain="messages", project="ipfin", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="en", domain="messages")


def faults(path: Path = ENGLISH, root: Path = ROOT) -> list[str]:
    """Return what keeps the catalogue at `path` from being complete and right."""
    catalogue = read(path)
    wanted = {(message.id, message.context): message for message in collected(root) if message.id}
    found = []
    for (identity, context), message in wanted.items():
        place = ", ".join(sorted({name for name, _ in message.locations}))
        translated = catalogue.get(identity, context)
        fault = "not in the catalogue" if translated is None else fault_of(translated)
        if fault:
            found.append(f"{place}: {fault}: {identity!r}")
    for message in catalogue:
        if message.id and (message.id, message.context) not in wanted:
            found.append(f"catalogue: stands nowhere in the source any more: {message.id!r}")
    return sorted(found)


def fault_of(message: Message) -> str:
    """Return what is wrong with one translated sentence, or nothing."""
    sources = _sentences(message.id)
    targets = _sentences(message.string)
    if not all(targets):
        return "not translated"
    if message.fuzzy:
        return "marked as doubtful (fuzzy)"
    wanted = set(PLACE.findall(" ".join(sources)))
    # A singular may leave its number out; nothing may name a value that is not given.
    if len(targets) == 1 and set(PLACE.findall(targets[0])) != wanted:
        return "other %(values)s than the source"
    if any(
        target != source and _says_again(target) for source, target in zip(sources, targets, strict=False)
    ):
        return "says the same several times"
    if not set(PLACE.findall(" ".join(targets))) <= wanted:
        return "names %(values)s that the source does not give"
    return ""


def _says_again(text: str) -> bool:
    """Whether a sentence is one and the same text, twice or more: a slip of whoever filled it in."""
    return len(text) > 1 and text in (text + text)[1:-1]


def _sentences(text: str | Iterable[str | None] | None) -> list[str]:
    """Return singular and plural as one list; a single sentence as a list of one."""
    return [text or ""] if text is None or isinstance(text, str) else [part or "" for part in text]


def main() -> int:
    """Update or check the English catalogue."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("action", choices=("update", "check"))
    if parser.parse_args().action == "update":
        print(update())
        return 0
    if not ENGLISH.exists():
        print("There is no English catalogue yet: make messages")
        return 0
    found = faults()
    print("\n".join(found) or "complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
