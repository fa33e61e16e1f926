"""QR codes as images that stand in the page itself: no second request, no file, works when printed."""

from __future__ import annotations

import io

QUIET_ZONE = 4  # modules around the code (ISO/IEC 18004)


def qr_image(content: str) -> str:
    """Return the address (`data:`) of an SVG image of the QR code of `content`."""
    import segno

    code = segno.make(content, error="m", micro=False)
    return code.svg_data_uri(scale=4, border=QUIET_ZONE, dark="#000", light="#fff")


def qr_picture(content: str) -> bytes:
    """Return the QR code of `content` as a PNG file of some 400 dots across: sharp on a poster's corner."""
    import segno

    target = io.BytesIO()
    segno.make(content, error="m", micro=False).save(target, kind="png", scale=12, border=QUIET_ZONE)
    return target.getvalue()
