"""What pages about reviews need: labels, and which tone a state has."""

from __future__ import annotations

from typing import Any

from ipfin.screening.phases import PHASE_LABELS, TASK_LABELS, URGENCY_LABELS
from ipfin.screening.review import SCALE_LABELS, score_label, values_of

WORDS: dict[str, Any] = {
    "states": TASK_LABELS,
    "phases": PHASE_LABELS,
    "urgencies": URGENCY_LABELS,
    "scales": SCALE_LABELS,
    "score_label": score_label,
    "values_of": values_of,
}
