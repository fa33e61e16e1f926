"""The columns of a list of registered pledges. Pure."""

from __future__ import annotations

from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import parse_application_number
from ipfin.kernel.text import _
from ipfin.lists.firm_fields import FURNITURE, is_day
from ipfin.lists.shape import Field, Shape
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.values import parse_codes


def _is_patent(text: str) -> bool:
    try:
        return bool([parse_application_number(code) for code in parse_codes(text.replace("、", ";"))])
    except BadInput:
        return False


PATENT: Final = Field(
    "patent",
    _("专利号"),
    "专利号|申请号|专利申请号|质押专利号|出质专利号|专利号/申请号|申请(专利)号|专利权号|专利号(ZL)",
    _("带校验位，多件以分号隔开，必填。"),
    "ZL202119900001.9",
    _is_patent,
    guessed_from=0.9,
)
REGISTRATION: Final = Field(
    "registration",
    _("质押登记号"),
    "质押登记号|登记号|质押登记编号|登记编号|质押登记证号|质押合同登记号|登记证编号|质押登记通知书编号",
    _("质押登记通知书上的登记号，必填；同一登记凭此认出。"),
    "Y2026980000001",
    tells=True,
)
PLEDGOR: Final = Field(
    "pledgor",
    _("出质人"),
    "出质人|出质人名称|出质人(专利权人)|质押人",
    _("登记的出质人。"),
    "安阳样例机械有限公司",
    tells=True,
)
PLEDGEE: Final = Field(
    "pledgee",
    _("质权人"),
    "质权人|质权人名称|当前质权人|金融机构|质权银行|贷款银行",
    _("登记的质权人。"),
    "样例银行安阳分行",
    tells=True,
)
REGISTERED_ON: Final = Field(
    "registered_on",
    _("登记日"),
    "登记日|登记日期|质押登记日|质押登记日期|登记生效日|登记生效日期|质押生效日|生效日期|质押登记时间|登记时间",
    _("登记生效之日，写作 2026-01-05。"),
    "2026-01-05",
    is_day,
    tells=True,
)
RELEASED_ON: Final = Field(
    "released_on",
    _("解除日"),
    "解除日|解除日期|注销日|注销日期|质押解除日|质押解除日期|注销登记日|质押注销日期|质押登记注销日|解除质押日期",
    _("注销登记之日；没有注销的留空，留空不等于已解除。"),
    "",
    is_day,
    tells=True,
)
AMOUNT: Final = Field(
    "amount",
    _("质押登记金额"),
    "质押登记金额|质押金额|担保金额|主债权金额|被担保的主债权金额|被担保债权数额|质押金额(万元)|担保金额(万元)",
    _("登记的担保金额，写明单位，如 500万元；不是合同金额，也不是放款金额。"),
    "500万元",
)
TITLE: Final = Field(
    "title", _("专利名称（不保存）"), "专利名称|发明名称|名称|发明创造名称|标题", is_kept=False
)

SHAPE: Final = Shape(
    ListKind.PLEDGES,
    (PATENT, REGISTRATION, PLEDGOR, PLEDGEE, REGISTERED_ON, RELEASED_ON, AMOUNT, TITLE, *FURNITURE),
    needs=(("patent",), ("registration",), ("pledgee", "pledgor", "registered_on", "released_on")),
    hints=("质押",),
)
