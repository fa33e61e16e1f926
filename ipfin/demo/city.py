"""The demonstration city's firms, patents and facts, made up from a seed. Pure.

Everything is plainly synthetic and checksum-valid: firms carry 示例 in their name, application numbers
lie in a range that the office never reached, credit codes hold an organisation number nobody was given.
Any likeness with a real firm is chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from ipfin.kernel.calendar import add_years
from ipfin.kernel.identifiers import PatentKind, application_check_digit, credit_code_with_check
from ipfin.registry.models import FactKind
from ipfin.whitelist.facts import PledgeHistory, TaxCredit, Title

FIRMS = 120
SEED = 20261122

_MARK_WORDS = (
    "云溪 北岭 青禾 天穹 恒岳 金檀 明泽 安澜 启源 中孚 瑞霖 海砺 融川 百桁 正霄 星瀚 禾川 卓岩 谷雨 朗曜 "
    "维桢 众衡 博砚 科翎 智桥 合璞 远岫 东篱 南屏 西岑 红渠 太行 洹水 淇畔 漳源 林虑 隆虑 羑里 蒙泉 凤台"
)
_MARKS = _MARK_WORDS.split()
_TRADES = (
    # trade, GB/T 4754 class, IPC main groups
    ("精密机械", "C3489", ("B23B27/00", "B23Q3/06", "F16H57/02")),
    ("新材料", "C2669", ("C08L63/00", "C22C38/04", "C04B35/10")),
    ("智能装备", "C3499", ("B25J9/16", "G05B19/418", "B65G47/90")),
    ("生物科技", "C2761", ("A61K36/18", "C12N1/20", "A23L33/10")),
    ("电子科技", "C3985", ("H01L23/36", "H05K7/20", "G01R31/00")),
    ("环保工程", "N7721", ("C02F1/52", "B01D53/78", "B09B3/00")),
    ("农业机械", "C3572", ("A01D41/12", "A01B49/06", "A01C7/20")),
    ("软件技术", "I6513", ("G06F16/35", "G06N3/08", "G06Q50/02")),
    ("汽车部件", "C3670", ("B60K1/04", "F16D65/12", "B62D21/02")),
    ("医疗器械", "C3581", ("A61B17/00", "A61F5/042", "A61M16/06")),
)
_THING_WORDS = "夹持 换热 送料 检测 除尘 传动 储能 过滤 分拣 冷却 注塑 焊接 监测 搅拌 定位 包装"
_THINGS = _THING_WORDS.split()
_FORMS = ["装置", "方法", "系统", "机构", "设备", "工艺"]
_DISTRICTS = (
    ("410502", "文峰区", 5),
    ("410503", "北关区", 3),
    ("410505", "殷都区", 3),
    ("410506", "龙安区", 3),
    ("410522", "安阳县", 2),
    ("410523", "汤阴县", 2),
    ("410526", "滑县", 3),
    ("410527", "内黄县", 1),
    ("410571", "安阳高新区", 5),
    ("410581", "林州市", 4),
)
_KIND_DIGIT = {PatentKind.INVENTION: "1", PatentKind.UTILITY_MODEL: "2", PatentKind.DESIGN: "3"}
_KIND_WORD = {
    PatentKind.INVENTION: "发明专利",
    PatentKind.UTILITY_MODEL: "实用新型",
    PatentKind.DESIGN: "外观设计",
}
# Above every serial that was ever given out in a year.
_FIRST_SERIAL = 9_990_001


@dataclass(frozen=True, slots=True)
class DemoFact:
    """One fact of a firm, in the units of `FactKind`."""

    kind: FactKind
    number: Decimal | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class DemoFirm:
    """One made-up firm; `strength` 0 to 1 steers how good its figures are."""

    name: str
    credit_code: str
    district_code: str
    district: str
    industry_code: str
    ipc: tuple[str, ...]
    established_on: date
    strength: float
    facts: tuple[DemoFact, ...]


# The office's own list layout: what a county hands in.
HEADER = (
    "专利名称",
    "申请号",
    "专利类型",
    "申请日",
    "授权公告日",
    "申请人",
    "统一社会信用代码",
    "省",
    "地市",
    "区县",
    "IPC主分类号",
    "IPC分类号",
    "权利要求数",
    "被引用次数",
    "专利有效性",
    "法律状态",
    "法律状态/事件",
)


def firms(on: date, *, count: int = FIRMS, seed: int = SEED) -> list[DemoFirm]:
    """Return the city's firms as they stand on day `on`; the same seed gives the same city."""
    random = Random(seed)  # noqa: S311 - a made-up city, no secret
    made: list[DemoFirm] = []
    for index in range(count):
        trade, industry, ipc = _TRADES[index % len(_TRADES)]
        mark = _MARKS[(index * 7) % len(_MARKS)]
        code, district, _weight = random.choices(_DISTRICTS, weights=[d[2] for d in _DISTRICTS])[0]
        strength = random.random()
        twist = "" if index < len(_MARKS) else ("华", "泰", "盛")[index // len(_MARKS) % 3]
        made.append(
            DemoFirm(
                name=f"安阳示例{mark}{twist}{trade}有限公司",
                credit_code=_credit_code(index, code),
                district_code=code,
                district=district,
                industry_code=industry,
                ipc=ipc,
                established_on=on - timedelta(days=random.randint(400, 9000)),
                strength=strength,
                facts=_facts(random, strength),
            )
        )
    return made


def _credit_code(index: int, district_code: str) -> str:
    return credit_code_with_check(f"91{district_code}9Y9Y{index:05d}")


def _facts(random: Random, strength: float) -> tuple[DemoFact, ...]:
    """Return what the firm declared. A third declared nothing: such firms stay unrated, as in life."""
    if random.random() < 0.3:
        return ()
    level = min(1.0, max(0.0, strength + random.uniform(-0.2, 0.2)))
    title = (Title.TECH_SME, Title.HIGH_TECH, Title.PROVINCIAL_SPECIALISED, Title.NATIONAL_LITTLE_GIANT)[
        min(3, int(level * 4))
    ]
    tax = (TaxCredit.D, TaxCredit.C, TaxCredit.M, TaxCredit.B, TaxCredit.A)[min(4, int(level * 4.4 + 0.6))]
    pledge = PledgeHistory.REPAID if level > 0.75 else PledgeHistory.NONE
    return (
        DemoFact(FactKind.PRODUCT_FILINGS, Decimal(round(level * 6))),
        DemoFact(FactKind.LICENCES_OUT, Decimal(round(level * 3))),
        DemoFact(FactKind.FOREIGN_JURISDICTIONS, Decimal(1 if level > 0.7 else 0)),
        DemoFact(FactKind.TITLE, word=title.value),
        DemoFact(FactKind.RD_SHARE_BP, Decimal(round(200 + level * 900))),
        DemoFact(FactKind.TAX_CREDIT, word=tax.value),
        DemoFact(FactKind.REVENUE_GROWTH_BP, Decimal(round(-500 + level * 3000))),
        DemoFact(FactKind.PLEDGE_HISTORY, word=pledge.value),
    )


def patent_rows(city: Sequence[DemoFirm], on: date, *, seed: int = SEED) -> list[list[str]]:
    """Return the city's patent list, row by row under `HEADER`; a few patents are held by two firms."""
    random = Random(seed + 1)  # noqa: S311 - a made-up city, no secret
    rows: list[list[str]] = []
    serial = _FIRST_SERIAL
    for index, firm in enumerate(city):
        for _ in range(2 + int(firm.strength * 14) + random.randint(0, 2)):
            partner = city[(index * 13 + 5) % len(city)].name if random.random() < 0.03 else ""
            rows.append(_patent_row(random, firm, partner if partner != firm.name else "", serial, on))
            serial += 1
    return rows


def _patent_row(random: Random, firm: DemoFirm, partner: str, serial: int, on: date) -> list[str]:
    kind = random.choices(tuple(_KIND_DIGIT), weights=(0.15 + 0.4 * firm.strength, 0.5, 0.12))[0]
    filed_on = on - timedelta(days=random.randint(120, 3200))
    status, granted_on = _status(random, kind, filed_on, on)
    validity, legal, events = status
    thing, form = random.choice(_THINGS), random.choice(_FORMS)
    title = f"一种{thing}{form}（合成示例）" if kind is not PatentKind.DESIGN else f"{thing}机（合成示例）"
    is_technical = kind is not PatentKind.DESIGN
    ipc = random.sample(firm.ipc, k=min(len(firm.ipc), random.randint(1, 3)))
    return [
        title,
        _application_number(filed_on, kind, serial),
        _KIND_WORD[kind],
        filed_on.isoformat(),
        granted_on.isoformat() if granted_on else "-",
        " | ".join(filter(None, (firm.name, partner))),
        "" if partner else firm.credit_code,
        "河南省",
        "安阳市",
        firm.district,
        ipc[0] if is_technical else "-",
        " | ".join(ipc) if is_technical else "-",
        str(random.randint(4, 12)) if is_technical else "1",
        str(int(random.expovariate(0.9) * (1 + 2 * firm.strength))),
        validity,
        legal,
        events,
    ]


def _status(
    random: Random, kind: PatentKind, filed_on: date, on: date
) -> tuple[tuple[str, str, str], date | None]:
    wait = random.randint(500, 900) if kind is PatentKind.INVENTION else random.randint(120, 260)
    granted_on = filed_on + timedelta(days=wait)
    if granted_on > on:
        stage = ("审中", "实质审查", "实质审查") if kind is PatentKind.INVENTION else ("审中", "公开", "公开")
        return stage, None
    if granted_on < add_years(on, -3) and random.random() < 0.12:
        return ("失效", "未缴年费终止", "授权 | 未缴年费"), granted_on
    burden = random.random()
    if burden < 0.05:
        return ("有效", "授权", "授权 | 质押"), granted_on
    if burden < 0.08:
        return ("有效", "授权", "授权 | 权利转移"), granted_on
    if burden < 0.09:
        return ("有效", "授权", "授权 | 保全"), granted_on
    return ("有效", "授权", "授权"), granted_on


def _application_number(filed_on: date, kind: PatentKind, serial: int) -> str:
    digits = f"{filed_on.year}{_KIND_DIGIT[kind]}{serial:07d}"
    return f"CN{digits}.{application_check_digit(digits)}"
