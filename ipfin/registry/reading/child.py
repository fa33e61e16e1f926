"""The child process of the reader: opens one file under hard limits and writes it out as text.

Run as `python -m ipfin.registry.reading.child IN OUT KIND SHEET LIMITS`. It knows no database, no settings
and no secrets. What it writes is JSON in lines: first the facts of the table, then pieces of columns,
last the end. Behind the line of a piece stand its columns as they are, as many bytes as the line says: the
cells of one are joined by U+001E, which no cell may hold. Far cheaper than a JSON string for each cell, and
still nothing that runs code when it is read.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import IO, Any, Final

_GRACE_SECONDS: Final = 5  # between the signal that can be caught and the one that cannot


def limit_resources(memory_bytes: int, seconds: int) -> None:
    """Bound this process before anything of the file is touched."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + _GRACE_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    """Read the file that the arguments name; every outcome is a line of the output."""
    source, target, kind, sheet, limits_text = arguments
    limits = json.loads(limits_text)
    limit_resources(limits["memory_bytes"], limits["seconds"])

    from ipfin.registry.reading.refusals import Reason, Refused
    from ipfin.registry.reading.tabulate import AGAIN, tabulate

    with open(target, "wb") as out:
        try:
            for message in tabulate(source, kind, sheet or None, limits):
                if message is AGAIN:
                    out.seek(0)
                    out.truncate()
                else:
                    _write(out, message)
        except Refused as refused:
            _write(out, {"refused": refused.reason.value, "facts": refused.facts})
        except MemoryError:
            _write(out, {"refused": Reason.TOO_MUCH.value, "facts": {}})
    return 0


def _write(out: IO[bytes], message: dict[str, Any]) -> None:
    columns = [
        column if isinstance(column, bytes) else column.encode("utf-8", "surrogatepass")
        for column in message.pop("columns", ())
    ]
    if columns:
        message["bytes"] = list(map(len, columns))
    out.write(json.dumps(message).encode("ascii"))  # not json.dump, which runs in Python
    out.write(b"\n")
    out.writelines(columns)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
