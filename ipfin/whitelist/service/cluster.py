"""Scoring on several machines: the same function as in this process, on chunks of firms.

Decides where chunks are scored, how many are on their way, and that a worker with other rules is refused:
the first chunk is scored here as well, and has to be the same to the byte. What a firm scores is decided
in `engine`. `distributed` is imported only where a scheduler is configured.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.whitelist.engine.chunks import Chunk, Recipe, score_chunk
from ipfin.whitelist.engine.scoring import Scored

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS: Final = 10
_AHEAD: Final = 2  # chunks on their way for each thread of the workers: what stands in memory at once


def scored_chunks(chunks: Iterable[Chunk], recipe: Recipe, scheduler: str) -> Iterator[list[Scored]]:
    """Yield the sheets chunk by chunk, in order: in this process, or on the cluster of `scheduler`.

    Raises:
        Conflict: nobody answers at `scheduler`, Dask is not installed, or a worker has other rules.
    """
    if not scheduler:
        yield from (score_chunk(chunk, recipe) for chunk in chunks)
        return
    with _client(scheduler) as client:
        yield from _on_workers(client, chunks, recipe)


def _on_workers(client: Client, chunks: Iterable[Chunk], recipe: Recipe) -> Iterator[list[Scored]]:
    shared: Any = client.scatter(recipe, broadcast=True)
    room = _AHEAD * max(1, sum(client.nthreads().values()))
    under_way: deque[Any] = deque()
    expected: list[Scored] | None = None
    for chunk in chunks:
        if expected is None:
            expected = score_chunk(chunk, recipe)
        under_way.extend(client.map(score_chunk, [chunk], recipe=shared, pure=False))
        if len(under_way) == room:
            yield from _checked(client.gather(under_way.popleft()), expected)
            expected = []
    while under_way:
        yield from _checked(client.gather(under_way.popleft()), expected or [])
        expected = []


def _checked(found: list[Scored], expected: list[Scored]) -> Iterator[list[Scored]]:
    """Yield a chunk that came back; the first one only where it is what this process finds."""
    if expected and found != expected:
        raise Conflict(_("集群算出的评分与本机不一致，请在各工作节点安装同一版本后再评分。"))
    yield found


def _client(scheduler: str) -> Client:
    try:
        from distributed import Client
    except ModuleNotFoundError as missing:
        raise Conflict(_("已配置评分集群，但本机未安装 requirements-cluster.txt 中的程序包。")) from missing
    try:
        return Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as refused:
        raise Conflict(
            _("连不上评分集群%(address)s，请检查 IPFIN_DASK_SCHEDULER 和集群是否运行。", address=scheduler)
        ) from refused
