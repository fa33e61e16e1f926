"""A copied list as a printed listing: the head of the copy on top, its watermark on every page."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ipfin.documents.listing_pdf import Listing, ListingColumn, write_listing
from ipfin.kernel.text import Text, translate

if TYPE_CHECKING:
    from ipfin.reports.firm_export import ExportHead


def copied_listing(
    head: ExportHead,
    columns: Sequence[ListingColumn],
    rows: Iterable[Sequence[object]],
    notes: Sequence[Text],
    *,
    font_cache: Path,
    locale: str,
    landscape: bool = True,
) -> bytes:
    """Return the PDF; `font_cache` is a folder that is kept."""
    listing = Listing(
        title=translate(head.title, locale),
        columns=columns,
        rows=rows,
        organ=head.organ,
        facts=head.facts,
        notes=notes,
        watermark=head.watermark,
        verification=head.verification,
        synthetic=head.synthetic,
        landscape=landscape,
    )
    font_cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "listing.pdf"
        write_listing(target, listing, font_cache=font_cache, locale=locale)
        return target.read_bytes()
