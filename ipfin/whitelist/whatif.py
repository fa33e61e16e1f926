"""Trying out a score (试算): from values that somebody writes down to the whole sheet, as numbers.

Decides which text is a set of values, what each refusal says, and under which names the sheet is told to
a program. Knows no firm and no database; the arithmetic is `scoring`'s, the sentences are `explain`'s.

The values are JSON in UTF-8: `{"L1": 5, "M2": 0, "T1": null, "C2": "undeclared"}`, or the same map under
the key `values` or `facts`, with a `name` beside it. Keys are the codes of the indicators or the ids that
the card gives them. A number is the value in the card's unit; null, "source" or no entry at all mean that
no source gives it; "undeclared" means that the firm was asked and did not answer. Numbers are read as
decimals, never as floats, and count to a millionth.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, NoReturn

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.whitelist.explain import grade_sentence, reasons, unknowns
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.improvement import NextStep, next_step
from ipfin.whitelist.scorecard import CODES, Block, Scorecard, plain
from ipfin.whitelist.scoring import ScoreSheet, SheetLine, score

MOST_BYTES: Final = 1_000_000
MOST_FIRMS: Final = 5000
LARGEST: Final = Decimal(10) ** 15  # in size; beyond it no indicator means anything
_MILLIONTH: Final = Decimal("0.000001")  # values count to this (`scoring`)
WRAPPERS: Final = ("values", "facts")
BESIDE: Final = frozenset({"name", "note"})  # what may stand beside the values; the day is the command's
METHOD_NOTE: Final = _("试算结果：只按所给指标值计算，未核对任何名单，不是正式评分。")


@dataclass(frozen=True, slots=True)
class Trial:
    """One set of values as it was given: a reading for each indicator, and the codes that do not count."""

    name: str
    readings: Mapping[str, Reading]
    ignored: tuple[str, ...]

    def inputs(self) -> dict[str, Any]:
        """Return what was given as plain data, of which the sheet keeps the digest."""
        return {
            "values": {
                code: plain(reading.value)
                if reading.value is not None
                else {"missing": (reading.missing or Missing.SOURCE).value}
                for code, reading in self.readings.items()
            }
        }

    def sheet(self, card: Scorecard, data_as_of: date) -> ScoreSheet:
        """Return the score sheet of these values."""
        return score(self.readings, card, data_as_of=data_as_of, inputs=self.inputs())


def read_json(raw: bytes) -> Any:
    """Return what `raw` (JSON, UTF-8, at most a megabyte) says, numbers as decimals.

    Raises:
        BadInput: too large, not UTF-8, not JSON, a key given twice, a number that is none.
    """
    if len(raw) > MOST_BYTES:
        raise BadInput(_("指标文件超过1 MB，请只保留指标值。"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(_("指标文件不是UTF-8编码的文本，请另存为UTF-8。")) from error
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_without_twins,
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput(_("指标文件不是有效的JSON：%(detail)s。", detail=_where(error))) from error
    except ArithmeticError as error:
        raise BadInput(_("指标文件里有无法读取的数字。")) from error


def read_trial(content: object, card: Scorecard) -> Trial:
    """Return the values that `content`, read from JSON, gives for the indicators of `card`.

    Raises:
        BadInput: not a map, an unknown key, an indicator given twice, or a value that is no value.
    """
    if not isinstance(content, dict):
        raise BadInput(_('指标文件应是一个JSON对象，如 {"L1": 5, "M2": 0}。'))
    name, values = _unwrapped(content)
    known = {row.id: row.code for row in card.indicators} | {code: code for code in CODES}
    readings: dict[str, Reading] = {}
    for key, value in values.items():
        code = known.get(key)
        if code is None:
            raise BadInput(
                _("没有指标“%(key)s”，可用的代码：%(known)s。", key=_short(key), known="、".join(CODES))
            )
        if code in readings:
            raise BadInput(_("指标%(code)s给了两次，请只保留一个。", code=code))
        readings[code] = _reading(value, code)
    used = [row.code for row in card.indicators]
    return Trial(
        name=name,
        readings={code: readings.get(code, Reading(None, Missing.SOURCE)) for code in used},
        ignored=tuple(code for code in CODES if code in readings and code not in used),
    )


def read_trials(content: object, card: Scorecard) -> tuple[list[Trial], bool]:
    """Return the sets of values that `content` holds, and whether it is a list of firms.

    A list is `{"firms": [{"name": ..., "values": {...}}, ...]}` or `{"firms": {name: {...}, ...}}`.

    Raises:
        BadInput: as `read_trial`; no firm at all, or more than `MOST_FIRMS`.
    """
    if not isinstance(content, dict) or "firms" not in content:
        return [read_trial(content, card)], False
    firms = content["firms"]
    if isinstance(firms, list):
        found = [read_trial(firm, card) for firm in firms[: MOST_FIRMS + 1]]
    elif isinstance(firms, dict):
        found = [replace(read_trial(firm, card), name=name) for name, firm in firms.items()]
    else:
        found = []
    if not 0 < len(found) <= MOST_FIRMS:
        raise BadInput(_("“firms”应列出1至%(most)s家企业的指标值。", most=MOST_FIRMS))
    return found, True


def _unwrapped(content: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    key = next((key for key in WRAPPERS if key in content), None)
    if key is None:
        return "", content
    values = content[key]
    if not isinstance(values, dict):
        raise BadInput(_('“%(key)s”应是一个JSON对象，如 {"L1": 5, "M2": 0}。', key=key))
    unknown = sorted(set(content) - BESIDE - {key})
    if unknown:
        raise BadInput(_("指标文件有不认识的项“%(unknown)s”。", unknown="、".join(map(_short, unknown))))
    return str(content.get("name") or ""), values


def _reading(value: object, code: str) -> Reading:
    if value is None or value == Missing.SOURCE.value:
        return Reading(None, Missing.SOURCE)
    if value == Missing.UNDECLARED.value:
        return Reading(None, Missing.UNDECLARED)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise BadInput(
            _(
                '指标%(code)s的值“%(value)s”不是数字；未知请写 null，已要求申报而未申报请写 "undeclared"。',
                code=code,
                value=_short(value),
            )
        )
    if abs(value) > LARGEST:
        raise BadInput(_("指标%(code)s的值过大，请检查单位。", code=code))
    return Reading(value.quantize(_MILLIONTH, ROUND_HALF_UP) + 0)  # the sum turns -0 into 0


def sheet_as_numbers(trial: Trial, sheet: ScoreSheet, card: Scorecard) -> dict[str, Any]:
    """Return the whole sheet for a program: every figure an exact number, every sentence a text.

    `score` is what is known (S), `graded_score` is what rank and grade use (S_g); `contributions` sum to
    `graded_score` exactly. Lists are in the order of the card or, for reasons, the worst first.
    """
    return {
        "name": trial.name,
        "score": sheet.score,
        "graded_score": sheet.graded_score,
        "grade": sheet.grade.value,
        "grade_sentence": grade_sentence(sheet, card),
        "is_capped": sheet.is_capped,
        "interval": [sheet.lowest, sheet.highest],
        "lowest": sheet.lowest,
        "highest": sheet.highest,
        "coverage": sheet.coverage,
        "contributions": {line.code: line.contribution for line in sheet.lines},
        "blocks": _blocks(sheet, card),
        "indicators": [_line(line, card) for line in sheet.lines],
        "reasons": [
            {"code": reason.code, "loss": reason.amount, "sentence": reason.sentence}
            for reason in reasons(sheet, card)
        ],
        "unknowns": [
            {
                "code": unknown.code,
                "missing": unknown.missing.value,
                "could_add": unknown.could_add,
                "sentence": unknown.sentence,
                "how": unknown.how,
            }
            for unknown in unknowns(sheet, card)
        ],
        "next_step": step_as_json(next_step(sheet, card)),
        "ignored": list(trial.ignored),
        **origin(sheet, card),
    }


def origin(sheet: ScoreSheet, card: Scorecard) -> dict[str, Any]:
    """Return what a sheet rests on: card, digests, day."""
    return {
        "model_id": sheet.model_id,
        "config_version": sheet.config_version,
        "config_sha256": sheet.config_sha256,
        "data_as_of": sheet.data_as_of,
        "inputs_hash": sheet.inputs_hash,
        "method": card.method,
        "note": METHOD_NOTE,
    }


def step_as_json(step: NextStep | None) -> dict[str, Any] | None:
    """Return the next step as plain data, None where there is none."""
    if step is None:
        return None
    return {
        "kind": step.kind.value,
        "target": step.target.value if step.target else None,
        "effort": step.effort,
        "sentence": step.sentence,
        "changes": [
            {"code": change.code, "from": change.before, "to": change.after, "sentence": change.sentence}
            for change in step.changes
        ],
    }


def _blocks(sheet: ScoreSheet, card: Scorecard) -> dict[str, Decimal]:
    found = {row.block.value: Decimal(0) for row in card.indicators}
    for line in sheet.lines:
        found[card.indicator(line.code).block.value] += line.contribution
    return {block.value: found[block.value] for block in Block if block.value in found}


def _line(line: SheetLine, card: Scorecard) -> dict[str, Any]:
    row = card.indicator(line.code)
    return {
        "code": line.code,
        "id": row.id,
        "name": row.name,
        "unit": row.unit,
        "block": row.block.value,
        "weight": line.weight,
        "value": line.value,
        "points": line.points,
        "contribution": line.contribution,
        "missing": line.missing.value if line.missing else None,
    }


# --- Reading JSON strictly -------------------------------------------------------------------------


def _without_twins(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadInput(_("“%(key)s”在指标文件里写了两次，请只保留一个。", key=_short(key)))
        found[key] = value
    return found


def _no_number(word: str) -> NoReturn:
    raise BadInput(_("指标文件里的“%(word)s”不是数字；未知请写 null。", word=word))


def _where(error: Exception) -> Text:
    if isinstance(error, json.JSONDecodeError):
        return _("第%(row)s行第%(column)s字附近", row=error.lineno, column=error.colno)
    return _("嵌套过深")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:40]}…"
