"""The columns of a conduct list, and what its title tells. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ipfin.kernel.text import _
from ipfin.lists.conduct.matters import LISTED, OFFERED, code_in
from ipfin.lists.firm_fields import CREDIT_CODE, FURNITURE, NAME, is_day
from ipfin.lists.shape import Answer, Field, Question, Shape
from ipfin.registry.list_kinds import ListKind

MATTER: Final = Field(
    "matter",
    _("情形"),
    "情形|失信类型|失信类别|名单类型|名单类别|列入名单类型|列入类别|严重失信名单类型|异常类型|事项类别|类别|类型",
    _("如：失信被执行人、严重违法失信、经营异常、非正常专利申请。"),
    "失信被执行人",
    lambda text: bool(code_in(text)),
    tells=True,
    choices=OFFERED,
)
REFERENCE: Final = Field(
    "reference",
    _("案号或文号"),
    "案号|文号|执行案号|执行依据文号|决定书文号|列入决定书文号|处罚决定书文号|行政处罚决定书文号|通报文号|认定文号"
    "|申请号|专利申请号|专利号|申请号/专利号",
    _("案号、决定书文号或专利申请号；同一企业同一情形凭此区分。"),
    "（2026）豫0502执1号",
    tells=True,
)
EFFECTIVE_ON: Final = Field(
    "effective_on",
    _("列入日期"),
    "列入日期|列入时间|发布日期|发布时间|公布日期|立案时间|立案日期|处罚决定日期|决定日期|通报日期|通报时间|认定日期"
    "|作出处罚决定日期|列入经营异常名录日期|公示日期|生效日期",
    _("自这一天起计，写作 2026-01-05。"),
    "2026-01-05",
    is_day,
    tells=True,
)
EXPIRES: Final = Field(
    "expires",
    _("期满日期"),
    "期满日期|有效期至|公示截止期|公示截止日期|截止日期|惩戒期至|惩戒截止日期|失信期限|期限届满日|处罚有效期",
    _("最后一天；没有期限的留空，直至移出。"),
    "2029-01-04",
    is_day,
)
LIFTED_ON: Final = Field(
    "lifted_on",
    _("移出日期"),
    "移出日期|移出时间|修复日期|信用修复日期|解除日期|撤回日期|撤销日期|移出经营异常名录日期|屏蔽日期|退出日期",
    _("移出、修复或撤回之日；没有移出的留空。"),
    "",
    is_day,
    tells=True,
)
AUTHORITY: Final = Field(
    "authority",
    _("认定机关"),
    "认定机关|认定部门|列入机关|作出列入决定机关|作出决定机关|执行法院|法院|处罚机关|作出机关|决定机关|发布机关|通报单位",
    _("谁认定的；没有来源的记录不得用于排除企业。"),
    "安阳市文峰区人民法院",
    tells=True,
)
REASON: Final = Field(
    "reason",
    _("事由"),
    "事由|列入原因|原因|失信行为|失信行为具体情形|具体情形|违法事实|处罚事由|违法行为类型|非正常类型|行为类型|备注",
    _("简要事实，作为凭据。"),
    "有履行能力而拒不履行",
)

# Lists of irregular filings name the firm as applicant.
WHO: Final = replace(NAME, names=f"{NAME.names}|申请人|专利申请人|申请人名称|专利权人")

SHAPE: Final = Shape(
    ListKind.CONDUCT,
    (WHO, CREDIT_CODE, MATTER, REFERENCE, EFFECTIVE_ON, EXPIRES, LIFTED_ON, AUTHORITY, REASON, *FURNITURE),
    needs=(("name",),),
    asks=(
        Question("matter", _("情形"), Answer.CHOICE, "matter", LISTED, code_in),
        Question("effective_on", _("列入日期"), Answer.DAY, "effective_on"),
        Question("authority", _("认定机关"), Answer.WORDS, "authority"),
        Question("expires", _("期满日期"), Answer.DAY, "expires", is_needed=False),
    ),
    hints=("失信", "非正常", "处罚", "经营异常", "严重违法", "吊销", "通报"),
)
