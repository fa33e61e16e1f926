"""The explained step: it keeps its sentence translatable through storage."""

from __future__ import annotations

import json

from ipfin.kernel.text import _
from ipfin.kernel.trace import TraceStep, trace_as_json, trace_from_json

TRACE = (
    TraceStep(_("有效发明专利%(count)s件", count=5), "5 → 73.0 × 10 / 100", "7.30", "评分卡 L1"),
    TraceStep(_("合计"), "7.30 + 0", "7.30", ""),
)


def test_a_stored_trace_comes_back_in_order_and_whole() -> None:
    back = trace_from_json(json.loads(json.dumps(trace_as_json(TRACE))))
    assert back == TRACE
    assert back[0].label.template == "有效发明专利%(count)s件"
    assert back[0].label.params == {"count": 5}
