"""The columns of a business-register list. Pure."""

from __future__ import annotations

from typing import Final

from ipfin.kernel.text import _
from ipfin.lists.firm_fields import CREDIT_CODE, FURNITURE, NAME, is_day
from ipfin.lists.shape import Field, Shape
from ipfin.registry.list_kinds import ListKind

FORMER_NAMES: Final = Field(
    "former_names",
    _("曾用名"),
    "曾用名|曾用名称|企业曾用名|原名称|历史名称|变更前名称|更名前名称|原企业名称|Former Name",
    _("更名前的全称，多个以分号隔开；凭此认出更名的企业。"),
    "安阳市样例机械厂",
    tells=True,
)
LEGAL_FORM: Final = Field(
    "legal_form",
    _("企业类型"),
    "企业类型|市场主体类型|主体类型|公司类型|企业(机构)类型|登记类型|企业性质|经济性质|类型|组织形式|工商公司类型",
    _("如：有限责任公司、分支机构；分支机构不是法人，单独计数，不列入企业库。"),
    "有限责任公司",
    tells=True,
)
ESTABLISHED_ON: Final = Field(
    "established_on",
    _("成立日期"),
    "成立日期|注册日期|成立时间|设立日期|注册时间|登记日期|开业日期|设立登记日期|工商成立日期|Established",
    _("写作 2015-06-03。"),
    "2015-06-03",
    is_day,
    tells=True,
)
CAPITAL: Final = Field(
    "capital",
    _("注册资本"),
    "注册资本|注册资金|注册资本(万元)|注册资金(万元)|注册资本(元)|认缴注册资本|注册资本(金)|出资额|认缴出资额|出资总额",
    _("写明单位与币种，如 500万元人民币；未写单位的不采用。"),
    "500万元人民币",
    tells=True,
)
STATUS: Final = Field(
    "status",
    _("经营状态"),
    "经营状态|登记状态|企业状态|存续状态|经营状况|工商企业状态|登记机关状态|状态",
    _("如：存续、吊销、注销。"),
    "存续",
    tells=True,
    choices=("存续", "吊销", "注销", "迁出"),
)
PROVINCE: Final = Field("province", _("省份"), "所在省份|省份|省|所属省份", _("如：河南省。"), "河南省")
CITY: Final = Field(
    "city", _("地市"), "地市|所在城市|所属城市|城市|地区|市|所在地市", _("如：安阳市。"), "安阳市"
)
COUNTY: Final = Field(
    "county",
    _("区县"),
    "区县|县区|县(区)|县市区|县(市、区)|所属区县|所在区县|行政区划|所属地区|区域|属地|Region",
    _("如：文峰区；据此归入辖区。"),
    "文峰区",
)
ADDRESS: Final = Field(
    "address",
    _("住所"),
    "住所|注册地址|企业地址|登记住所|住所(经营场所)|经营场所|地址|企业住所|企业注册地址|工商注册地址",
    _("营业执照上的住所。"),
    "安阳市文峰区样例路1号",
)
INDUSTRY: Final = Field(
    "industry",
    _("行业"),
    "行业代码|国民经济行业代码|国民经济行业分类|行业分类|行业大类|所属行业|行业|行业名称|国标行业大类",
    _("国民经济行业分类的代码或大类名称，如 C34 或 通用设备制造业。"),
    "C3484",
)
SCOPE: Final = Field(
    "scope", _("经营范围（不保存）"), "经营范围|经营(业务)范围|业务范围", is_kept=False, tells=True
)

SHAPE: Final = Shape(
    ListKind.REGISTER,
    (
        NAME,
        CREDIT_CODE,
        FORMER_NAMES,
        LEGAL_FORM,
        ESTABLISHED_ON,
        CAPITAL,
        STATUS,
        PROVINCE,
        CITY,
        COUNTY,
        ADDRESS,
        INDUSTRY,
        SCOPE,
        *FURNITURE,
    ),
    needs=(
        ("name",),
        ("credit_code", "former_names", "legal_form", "established_on", "capital", "status"),
    ),
    hints=("工商", "登记注册", "市场主体", "经营主体", "营业执照"),
)
