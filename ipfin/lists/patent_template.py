"""The columns of the office's own template of patent lists. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ipfin.kernel.text import Text, _
from ipfin.registry.fields import ListField

F = ListField

EXPLAINED: Final[Mapping[ListField, tuple[Text, str]]] = {
    F.TITLE: (_("发明创造的名称。"), "一种样例装置"),
    F.APPLICATION_NUMBER: (
        _("国家知识产权局的申请号，带校验位；申请号与公开（公告）号至少填一个。"),
        "CN202119900001.9",
    ),
    F.PUBLICATION_NUMBER: (_("公开或公告文本的编号。"), "CN113000001B"),
    F.PATENT_KIND: (_("发明、实用新型或外观设计。"), "发明"),
    F.FILING_DATE: (_("写作 2021-03-05。"), "2021-03-05"),
    F.GRANT_DATE: (_("授权公告之日；未授权的留空。"), "2022-06-07"),
    F.APPLICANTS: (_("申请时的全部申请人，多个以分号隔开，必填。"), "安阳样例机械有限公司"),
    F.CURRENT_OWNERS: (_("现在的权利人；与申请人相同的可以留空。"), "安阳样例机械有限公司"),
    F.CREDIT_CODE: (_("权利人的18位代码；以文本填写，避免末位失真。"), "91410500MA9000001A"),
    F.COUNTY: (_("权利人所在区县。"), "文峰区"),
    F.ADDRESS: (_("权利人的地址。"), "安阳市文峰区样例路1号"),
    F.IPC_MAIN: (_("国际专利分类的主分类号。"), "F16K1/00"),
    F.VALIDITY: (_("有效、审中或失效；不知道的留空，不作猜测。"), "有效"),
    F.LEGAL_STATUS: (_("如：授权、实质审查、未缴年费终止。"), "授权"),
    F.LEGAL_EVENTS: (_("权利负担与事件，如：质押、保全、许可。"), "质押"),
}
CHOICES: Final[Mapping[ListField, tuple[str, ...]]] = {
    F.PATENT_KIND: ("发明", "实用新型", "外观设计"),
    F.VALIDITY: ("有效", "审中", "失效"),
}
"""Words that the template offers; others are read, too."""
