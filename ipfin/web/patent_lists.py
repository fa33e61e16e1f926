"""The list of one firm's patents, the same on every page that shows it: its filter stands in the address."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.kernel.identifiers import PATENT_KIND_LABELS, PatentKind
from ipfin.kernel.text import Text
from ipfin.kernel.text import _ as sentence
from ipfin.registry.maintenance.loading import default_fee_table
from ipfin.registry.maintenance.table import STANDING_LABELS
from ipfin.registry.statuses import VALIDITY_LABELS, Validity
from ipfin.web.i18n import in_reader_language
from ipfin.web.paging import chosen
from ipfin.whitelist.patent_view import yuan_words
from ipfin.whitelist.queries import BURDENS, PatentFilter, firm_fee_outlook, firm_patents_page, patent_facets

BURDEN_LABELS: dict[str, Text] = {"pledged": sentence("在押"), "free": sentence("有效且名单未列负担")}
_VALIDITY = tuple(validity.value for validity in Validity)
_KINDS = tuple(kind.value for kind in PatentKind)
_LABELS: dict[str, dict[str, Text]] = {
    "validity": {validity.value: label for validity, label in VALIDITY_LABELS.items()},
    "kind": {kind.value: label for kind, label in PATENT_KIND_LABELS.items()},
    "burden": BURDEN_LABELS,
}


def wanted_patents() -> PatentFilter:
    """Return the filter that stands in the address."""
    validity, kind = chosen("validity", _VALIDITY, ""), chosen("kind", _KINDS, "")
    return PatentFilter(
        Validity(validity) if validity else None,
        PatentKind(kind) if kind else None,
        chosen("burden", BURDENS, ""),
    )


def filters_said(wanted: PatentFilter) -> list[tuple[str, str]]:
    """Return (label, value) of everything that a list of patents is narrowed to."""
    pairs = [
        (_("有效性"), _LABELS["validity"].get(wanted.validity or "", "")),
        (_("类型"), _LABELS["kind"].get(wanted.kind or "", "")),
        (_("负担"), BURDEN_LABELS.get(wanted.burden, "")),
    ]
    return [(label, in_reader_language(value)) for label, value in pairs if value]


def patent_list(session: Session, enterprise_id: int, *, on: date) -> dict[str, Any]:
    """Return what `_patents.html` shows: fees ahead, the page, the filter, the options of each filter.

    The fees ahead are those of all the firm's patents in force, whatever the list is narrowed to.
    """
    wanted = wanted_patents()
    page = firm_patents_page(session, enterprise_id, wanted, on=on, cursor=request.args.get("cursor"))
    facets = patent_facets(session, enterprise_id)
    options = {
        name: [(word, in_reader_language(_LABELS[name][word]), count) for word, count in counts]
        for name, counts in facets.items()
    }
    return {
        "patents": page,
        "wanted_patents": wanted,
        "patent_options": options,
        "fees_ahead": firm_fee_outlook(session, enterprise_id, on=on),
        "fee_basis": [
            (source.title, STANDING_LABELS[source.standing]) for source in default_fee_table().basis_on(on)
        ],
        "in_yuan": yuan_words,
    }
