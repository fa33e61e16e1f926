"""The columns of a list of qualified firms, and what its title tells. Pure."""

from __future__ import annotations

from typing import Final

from ipfin.kernel.text import _
from ipfin.lists.firm_fields import CREDIT_CODE, FURNITURE, NAME, is_day
from ipfin.lists.qualifications.titles import OFFERED, title_in
from ipfin.lists.shape import Answer, Field, Question, Shape
from ipfin.registry.list_kinds import ListKind
from ipfin.whitelist.facts import TITLE_LABELS

TITLE: Final = Field(
    "title",
    _("资质名称"),
    "资质名称|资质|称号|荣誉称号|资质类型|资质类别|认定类型|认定类别|企业类型|企业类别|称号名称|类别|名单类别",
    _("如：高新技术企业、科技型中小企业、省级专精特新企业、专精特新“小巨人”企业、国家知识产权优势企业。"),
    "高新技术企业",
    lambda text: bool(title_in(text)),
    tells=True,
    choices=OFFERED,
)
LEVEL: Final = Field(
    "level",
    _("级别"),
    "级别|资质级别|认定级别|层级",
    _("国家级或省级；资质名称已写明的可以留空。"),
    "国家级",
    choices=("国家级", "省级"),
)
CERTIFICATE: Final = Field(
    "certificate",
    _("证书编号"),
    "证书编号|证书号|编号(证书)|高企证书编号|高新技术企业证书编号|入库登记编号|入库编号|登记编号",
    _("证书或入库登记的编号，作为凭据。"),
    "GR202641000000",
    tells=True,
)
GRANTED_ON: Final = Field(
    "granted_on",
    _("认定日期"),
    "认定日期|发证日期|发证时间|认定时间|批准日期|公布日期|公示日期|入库日期|入库时间|授予日期|获批时间|证书日期",
    _("写作 2025-11-01。"),
    "2025-11-01",
    is_day,
    tells=True,
)
VALID_UNTIL: Final = Field(
    "valid_until",
    _("有效期至"),
    "有效期至|有效期|证书有效期|有效期截止|有效期截止日期|有效期限|到期日期|到期时间|有效截止日期|证书有效期至",
    _("最后一个有效日，或年数如 3年；没有期限的留空。"),
    "2028-10-31",
    tells=True,
)
ISSUE: Final = Field(
    "issue",
    _("批次"),
    "批次|认定批次|公布批次|年度|认定年度|年份",
    _("第几批或哪一年度，作为凭据。"),
    "2025年第一批",
)
AUTHORITY: Final = Field(
    "authority",
    _("认定部门"),
    "认定部门|认定机构|批准机关|发证机关|发文单位",
    _("认定机关，作为凭据。"),
    "河南省科学技术厅",
)

SHAPE: Final = Shape(
    ListKind.QUALIFICATIONS,
    (NAME, CREDIT_CODE, TITLE, LEVEL, CERTIFICATE, GRANTED_ON, VALID_UNTIL, ISSUE, AUTHORITY, *FURNITURE),
    needs=(("name",),),
    asks=(
        Question(
            "title",
            _("资质名称"),
            Answer.CHOICE,
            "title",
            {title.value: label for title, label in TITLE_LABELS.items()},
            title_in,
        ),
        Question("valid_until", _("有效期至"), Answer.DAY, "valid_until", is_needed=False),
    ),
    hints=("高新技术企业", "高企", "专精特新", "小巨人", "科技型中小企业", "优势企业", "示范企业", "资质"),
)
