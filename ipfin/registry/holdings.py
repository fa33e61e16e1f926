"""What the kinds of holding that lists of firms can be narrowed to are called (`queries.HOLDINGS`). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ipfin.kernel.text import Text, _

HOLDING_LABELS: Mapping[str, Text] = {
    "valid": _("持有有效专利"),
    "invention": _("持有有效发明"),
    "pledged": _("有专利在押"),
    "unpledged": _("有效专利均未质押"),
    "pending": _("有审中申请"),
}
