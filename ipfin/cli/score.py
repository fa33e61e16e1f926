"""`ipfin score`: runs over all firms, and what-if computations that need no database.

A command's module is imported when it is called: what-if starts without the database.
"""

from __future__ import annotations

import click

from ipfin.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "run": "score_runs:run",
    "top": "score_runs:top",
    "explain": "score_whatif:explain",
    "robustness": "score_robustness:robustness",
}


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    help="评分：对全部企业评分、查看结果；对一组指标值试算并解释，检验权重变动的影响。",
)
def command() -> None:
    """Group the scoring commands."""
