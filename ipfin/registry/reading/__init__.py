"""The bounded reader: an uploaded file becomes a table of text in a child process, or a refusal.

`read_table` is the only way in. Nothing of an upload is ever opened by pandas or in the server's own
process (reliability.md §0.4).
"""

from ipfin.registry.reading.reader import read_table
from ipfin.registry.reading.table import RawTable, ReadLimits, UnreadableFile

__all__ = ["RawTable", "ReadLimits", "UnreadableFile", "read_table"]
