"""Why a file is refused: one reason, one Chinese sentence that names the file and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from ipfin.kernel.text import Text, _
from ipfin.registry.reading.table import UnreadableFile


class Reason(StrEnum):
    """Why a file cannot be read (the `code` of an UnreadableFile)."""

    EMPTY = "empty"  # 空文件
    TOO_LARGE = "too_large"  # 文件过大
    WRONG_TYPE = "wrong_type"  # 类型不符
    MARKUP = "markup"  # 网页或XML
    NOT_A_WORKBOOK = "not_a_workbook"  # 文本改名为工作簿
    ENCRYPTED = "encrypted"  # 加密
    DAMAGED = "damaged"  # 损坏
    BOMB = "bomb"  # 压缩炸弹
    ENTITIES = "entities"  # 文档类型声明
    TOO_MANY_ROWS = "too_many_rows"  # 行数过多
    TOO_MANY_COLUMNS = "too_many_columns"  # 列数过多
    TOO_MUCH = "too_much"  # 占用内存过多
    TOO_SLOW = "too_slow"  # 读取超时
    LONG_CELL = "long_cell"  # 单元格过长
    ENCODING = "encoding"  # 编码无法识别
    NUL = "nul"  # 二进制内容
    NO_SHEET = "no_sheet"  # 没有所选的工作表
    NO_HEADER = "no_header"  # 没有表头
    NO_ROWS = "no_rows"  # 没有数据


class Refused(Exception):
    """Raised inside the reader: a reason and the numbers for its sentence; no text for users yet."""

    def __init__(self, reason: Reason, **facts: Any) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts


_SENTENCES: Final[Mapping[Reason, Text]] = {
    Reason.EMPTY: _("文件“%(file)s”是空的，请检查后重新上传。"),
    Reason.TOO_LARGE: _("文件“%(file)s”有%(size_mib)s MB，超过%(limit)s MB的上限，请分成几个文件上传。"),
    Reason.WRONG_TYPE: _("文件“%(file)s”不是表格文件，请上传Excel（xlsx、xls）、ODS或CSV文件。"),
    Reason.MARKUP: _("文件“%(file)s”的内容是网页或XML，请用Excel或WPS打开后另存为xlsx再上传。"),
    Reason.NOT_A_WORKBOOK: _(
        "文件“%(file)s”的扩展名是Excel，内容却是文本；请把扩展名改为csv，或用Excel打开后另存为xlsx。"
    ),
    Reason.ENCRYPTED: _("文件“%(file)s”有密码保护，请在Excel中取消密码后另存，再上传。"),
    Reason.DAMAGED: _("文件“%(file)s”已损坏或不完整，请重新导出或下载后再上传。"),
    Reason.BOMB: _("文件“%(file)s”解压后的内容异常大，已拒绝读取；请在Excel中另存为新文件再上传。"),
    Reason.ENTITIES: _(
        "文件“%(file)s”含有文档类型或实体声明，有安全风险，已拒绝读取；请在Excel中另存为新文件再上传。"
    ),
    Reason.TOO_MANY_ROWS: _("文件“%(file)s”的数据超过%(limit)s行，请分成几个文件上传。"),
    Reason.TOO_MANY_COLUMNS: _(
        "文件“%(file)s”有%(columns)s列，超过%(limit)s列的上限；请删除多余的列（或检查分隔符）后再上传。"
    ),
    Reason.TOO_MUCH: _(
        "文件“%(file)s”读取时占用内存过多，多半是表格区域之外还有内容；请只保留所需的行和列，另存为新文件再上传。"
    ),
    Reason.TOO_SLOW: _("文件“%(file)s”在%(limit)s秒内没有读完，请分成几个文件上传。"),
    Reason.LONG_CELL: _(
        "文件“%(file)s”第%(row)s行有超过%(limit)s字的单元格，多半是引号没有成对；请检查该行后再上传。"
    ),
    Reason.ENCODING: _(
        "文件“%(file)s”的文字编码无法识别，请用Excel另存为xlsx，或另存为UTF-8编码的CSV再上传。"
    ),
    Reason.NUL: _("文件“%(file)s”含有二进制内容，不是文本表格；请用Excel另存为xlsx再上传。"),
    Reason.NO_SHEET: _("文件“%(file)s”里没有工作表“%(sheet)s”，请重新选择。"),
    Reason.NO_HEADER: _(
        "文件“%(file)s”里没有找到表头行；请在数据上方加一行列名（如申请号、申请人）后再上传。"
    ),
    Reason.NO_ROWS: _("文件“%(file)s”只有表头，没有数据行，请检查后重新上传。"),
}


def as_error(reason: Reason, filename: str, facts: Mapping[str, Any]) -> UnreadableFile:
    """Return the refusal as the error that the caller shows."""
    return UnreadableFile(Text(_SENTENCES[reason].template, {"file": filename, **facts}), code=reason.value)
