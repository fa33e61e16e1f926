"""The explained score on paper: what of a view is printed, and in which words. Pure.

Decides the words only. Which figures the reader of the paper sees was decided when the view was made
(`score_view`), how a page looks is decided in `documents.papers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ipfin.kernel.text import Text, _
from ipfin.whitelist.cohorts import Measure
from ipfin.whitelist.evidence import SheetEvidence
from ipfin.whitelist.pledgeability import NO_MERIT
from ipfin.whitelist.score_view import (
    STEP_IS_AN_ESTIMATE,
    WITHHELD,
    BlockView,
    Item,
    LineState,
    LineView,
    ScoreView,
    told,
)
from ipfin.whitelist.scorecard import plain


def paper_parts(view: ScoreView, evidence: SheetEvidence | None = None) -> dict[str, Any]:
    """Return what `documents.papers.score_sheet_job` prints of the score itself.

    `evidence` is for the office and the firm only.

    The caller adds `enterprise`, `gates`, `sources`, `verification`, `synthetic` and `watermark`.
    """
    return {
        "scheme": {
            "title": view.model.title,
            "version": view.model.version,
            "round": view.model.data_as_of.isoformat(),
            "as_of": view.model.data_as_of,
        },
        "total": f"{view.score:.2f}",
        "exact": "" if view.exact is None else told(view.exact),
        "grade": view.grade_label,
        "standing": view.sentence,
        "full": plain(sum((block.weight for block in view.blocks), Decimal(0))),
        "criteria": [row for block in view.blocks for row in _criteria(block, evidence)],
        "chapters": _chapters(view),
        "notes": [*([evidence.sentence] if evidence else []), *_notes(view)],
    }


def _chapters(view: ScoreView) -> list[dict[str, Any]]:
    """Return the explained items under their headings, each with the code of its indicator."""
    found: list[tuple[Text, Sequence[Item]]] = [
        (_("主要失分"), view.reasons),
        (_("相对优势"), view.strengths),
        (_("未知项（%(count)s项）", count=len(view.unknowns)), view.unknowns),
    ]
    chapters: list[dict[str, Any]] = [
        {"title": title, "items": [_item(item) for item in items], "notes": []}
        for title, items in found
        if items
    ]
    if view.step is not None:
        changes = [{"code": each.code, "sentence": each.sentence, "how": ""} for each in view.step.changes]
        notes = [view.step.sentence, STEP_IS_AN_ESTIMATE]
        chapters.append({"title": _("最省力的下一步"), "items": changes, "notes": notes})
    return chapters


def _item(item: Item) -> Mapping[str, Any]:
    return {"code": item.code, "sentence": item.sentence, "how": item.how or ""}


def _notes(view: ScoreView) -> list[Text]:
    return [
        *view.cautions,
        _("评级用分的可能区间：%(low)s至%(high)s。", low=plain(view.lowest), high=plain(view.highest)),
        *([view.grades_reached] if view.grades_reached else []),
        *([_("同类位次：%(what)s", what=view.standing)] if view.standing else []),
        *([view.pledges.sentence, NO_MERIT] if view.pledges else []),
        *([WITHHELD] if view.is_partial else []),
        *([_("稳健性：%(what)s。", what=view.holds)] if view.holds else []),
        _("模型%(id)s，版本%(version)s，配置摘要%(sha)s。", id=view.model.id, version=view.model.version,
          sha=view.model.sha256),
        *_measured_by(view.model.measure),
        _("数据摘要%(hash)s：同样的数据和同样的评分卡，得出同样的评分表。", hash=view.model.inputs_hash),
    ]  # fmt: skip


def _measured_by(measure: Measure | None) -> list[Text]:
    if measure is None:
        return []
    return [_("同类参照第%(version)s版，内容校验值%(sha)s。", version=measure.version, sha=measure.sha256)]


def _criteria(block: BlockView, evidence: SheetEvidence | None) -> list[dict[str, Any]]:
    """Return the lines of a block; the first opens it with what the block brought and could bring."""
    lines = [_criterion(line, evidence) for line in block.lines]
    if lines:
        lines[0]["opens"] = {
            "name": block.label,
            "points": told(block.contribution),
            "maximum": plain(block.weight),
        }
    return lines


def _criterion(line: LineView, evidence: SheetEvidence | None) -> dict[str, Any]:
    share = 0 if line.contribution is None else int(100 * line.contribution / line.weight)
    return {
        "code": line.code,
        "name": line.name,
        "weight": plain(line.weight),
        "value": line.value if line.value is not None else line.state_label,
        "unit": line.unit if line.value is not None else "",
        "points": "—" if line.contribution is None else told(line.contribution),
        "maximum": plain(line.weight),
        "note": line.note or line.source,
        "evidence": evidence.of(line.code).sentences if evidence else [],
        "known": line.state is not LineState.UNKNOWN,
        "share": share,
        "opens": None,
    }
