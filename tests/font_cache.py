"""Where the tests keep the fonts that were made printable."""

from __future__ import annotations

import tempfile
from pathlib import Path

# Converting 7,500 characters takes seconds; the folder outlives a run as it does in the product.
FONT_CACHE = Path(tempfile.gettempdir()) / "ipfin-test-fonts"
