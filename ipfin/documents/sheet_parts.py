"""The fixed parts of an XLSX package: cell styles, workbook, relations and document properties.

Decides how every spreadsheet of ours looks (fonts, colours, number formats, page set-up) and where its
watermark id is kept. Which cells there are is decided in `sheet`. ISO/IEC 29500-1 (OOXML) is followed;
no part refers to anything outside the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_QUOTED = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}

WATERMARK_PROPERTY = "IpfinWatermark"
MOST_DECIMALS = 6

# The order of <cellXfs> below; `s="…"` in a cell is one of these.
STYLE_HEADING, STYLE_INTRO, STYLE_HEADER = 1, 2, 3
STYLE_TEXT, STYLE_TEXT_QUOTED, STYLE_WRAPPED, STYLE_WRAPPED_QUOTED = 4, 5, 6, 7
STYLE_INTEGER, STYLE_DATE = 8, 9
STYLE_DECIMAL = 10  # + decimal places, 0 to MOST_DECIMALS
STYLE_PERCENT = STYLE_DECIMAL + MOST_DECIMALS + 1  # + decimal places

_DATE_FORMAT, _DECIMAL_FORMAT, _PERCENT_FORMAT = 164, 170, 180
_TEXT_FORMAT, _INTEGER_FORMAT = 49, 1  # "@" keeps a text a text also after somebody edits the cell


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says of itself; the watermark id is kept twice, so that a saved copy still has it."""

    title: str = ""
    creator: str = ""
    subject: str = ""
    watermark_id: str = ""
    created_at: datetime | None = None  # UTC instant


@dataclass(frozen=True, slots=True)
class SheetPart:
    """What the workbook must know of one written sheet."""

    title: str
    filtered: str  # absolute range of header and rows, "" when there is no filter
    header_row: int


def quoted(text: str) -> str:
    """Return `text` for an XML attribute or a text node."""
    return escape(text, _QUOTED)


def package_parts(sheets: list[SheetPart], properties: Properties) -> dict[str, str]:
    """Return every part but the sheets, by its name in the package."""
    return {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations(
            (f"{_OFFICE}/relationships/officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            (f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
            (f"{_OFFICE}/relationships/custom-properties", "docProps/custom.xml"),
        ),
        "xl/_rels/workbook.xml.rels": _relations(
            *(
                (f"{_OFFICE}/relationships/worksheet", f"worksheets/sheet{i}.xml")
                for i in range(1, len(sheets) + 1)
            ),
            (f"{_OFFICE}/relationships/styles", "styles.xml"),
        ),
        "xl/workbook.xml": _workbook(sheets),
        "xl/styles.xml": _styles(),
        "docProps/core.xml": _core_properties(properties),
        "docProps/app.xml": f'{_DECLARATION}<Properties xmlns="{_OFFICE}/extended-properties">'
        "<Application>ipfin</Application></Properties>",
        "docProps/custom.xml": _custom_properties(properties),
    }


def _content_types(sheet_count: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument"
    parts = [(f"/xl/worksheets/sheet{i}.xml", "spreadsheetml.worksheet") for i in range(1, sheet_count + 1)]
    parts += [("/xl/workbook.xml", "spreadsheetml.sheet.main"), ("/xl/styles.xml", "spreadsheetml.styles")]
    parts += [("/docProps/app.xml", "extended-properties"), ("/docProps/custom.xml", "custom-properties")]
    overrides = "".join(f'<Override PartName="{n}" ContentType="{kind}.{t}+xml"/>' for n, t in parts)
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/docProps/core.xml"'
        f' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>{overrides}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'


def _workbook(sheets: list[SheetPart]) -> str:
    entries, names = [], []
    for number, sheet in enumerate(sheets, start=1):
        entries.append(f'<sheet name="{quoted(sheet.title)}" sheetId="{number}" r:id="rId{number}"/>')
        quoted_title = quoted("'" + sheet.title.replace("'", "''") + "'")
        local = f'localSheetId="{number - 1}"'
        if sheet.filtered:
            names.append(
                f'<definedName name="_xlnm._FilterDatabase" {local} hidden="1">'
                f"{quoted_title}!{sheet.filtered}</definedName>"
            )
        rows = f"${sheet.header_row}:${sheet.header_row}"
        names.append(f'<definedName name="_xlnm.Print_Titles" {local}>{quoted_title}!{rows}</definedName>')
    return (
        f'{_DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}/relationships">'
        f"<bookViews><workbookView/></bookViews><sheets>{''.join(entries)}</sheets>"
        f"<definedNames>{''.join(names)}</definedNames></workbook>"
    )


def _styles() -> str:
    fractions = ["." + "0" * places if places else "" for places in range(MOST_DECIMALS + 1)]
    decimals = [(_DECIMAL_FORMAT + n, f"#,##0{fraction}") for n, fraction in enumerate(fractions)]
    percents = [(_PERCENT_FORMAT + n, f"0{fraction}%") for n, fraction in enumerate(fractions)]
    formats = [(_DATE_FORMAT, "yyyy-mm-dd"), *decimals, *percents]
    cells = [
        _style(0),
        _style(0, font=1),
        _style(0, font=2),
        _style(_TEXT_FORMAT, font=3, fill=2, border=1, align='vertical="center" wrapText="1"'),
        _style(_TEXT_FORMAT, border=1, align='vertical="top"'),
        _style(_TEXT_FORMAT, border=1, align='vertical="top"', quote=True),
        _style(_TEXT_FORMAT, border=1, align='vertical="top" wrapText="1"'),
        _style(_TEXT_FORMAT, border=1, align='vertical="top" wrapText="1"', quote=True),
        *(_style(n, border=1, align='vertical="top"') for n in (_INTEGER_FORMAT, _DATE_FORMAT)),
        *(_style(n, border=1, align='vertical="top"') for n, _code in (*decimals, *percents)),
    ]
    number_formats = "".join(f'<numFmt numFmtId="{n}" formatCode="{code}"/>' for n, code in formats)
    line = '<{0} style="thin"><color rgb="FFD5DBE3"/></{0}>'
    border = "".join(line.format(side) for side in ("left", "right", "top", "bottom"))
    return (
        f'{_DECLARATION}<styleSheet xmlns="{MAIN}">'
        f'<numFmts count="{len(formats)}">{number_formats}</numFmts>'
        f'<fonts count="4">{_font(11, "FF1F2933")}{_font(14, "FF12335C", bold=True)}'
        f"{_font(10, 'FF5B6774')}{_font(11, 'FF12335C', bold=True)}</fonts>"
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF5"/></patternFill></fill></fills>'
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f"<border>{border}<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(cells)}">{"".join(cells)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _font(points: int, colour: str, *, bold: bool = False) -> str:
    # 等线 is what Chinese Excel starts with; WPS and LibreOffice put their own sans-serif in its place.
    weight = "<b/>" if bold else ""
    name = '<name val="等线"/><family val="2"/>'
    return f'<font>{weight}<sz val="{points}"/><color rgb="{colour}"/>{name}</font>'


def _style(
    number_format: int, *, font: int = 0, fill: int = 0, border: int = 0, align: str = "", quote: bool = False
) -> str:
    # quotePrefix is the apostrophe that a person would type: editing "=1+1" leaves a text
    prefix = ' quotePrefix="1"' if quote else ""
    return (
        f'<xf numFmtId="{number_format}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0"'
        f'{prefix} applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        f"<alignment {align}/></xf>"
    )


def _core_properties(properties: Properties) -> str:
    created = ""
    if properties.created_at is not None:
        instant = properties.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        created = f'<dcterms:created xsi:type="dcterms:W3CDTF">{instant}</dcterms:created>'
    return (
        f'{_DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{quoted(properties.title)}</dc:title><dc:subject>{quoted(properties.subject)}</dc:subject>"
        f"<dc:creator>{quoted(properties.creator)}</dc:creator>"
        f"<cp:keywords>{quoted(properties.watermark_id)}</cp:keywords>{created}</cp:coreProperties>"
    )


def _custom_properties(properties: Properties) -> str:
    entry = ""
    if properties.watermark_id:
        # the format id is the one that OOXML fixes for custom properties; ids begin at 2
        entry = (
            f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{WATERMARK_PROPERTY}">'
            f"<vt:lpwstr>{quoted(properties.watermark_id)}</vt:lpwstr></property>"
        )
    return (
        f'{_DECLARATION}<Properties xmlns="{_OFFICE}/custom-properties"'
        f' xmlns:vt="{_OFFICE}/docPropsVTypes">{entry}</Properties>'
    )
