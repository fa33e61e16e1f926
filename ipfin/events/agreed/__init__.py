"""Agreed talks: who meets whom is settled, when is not; any role may meet any other.

`arrange(task)` answers with an `Arrangement`: a slot for every talk with as few breaks as can be found, what
is proved about it, and, when not all talks can be held, the reason and the largest plan. `checker.violations`
judges any plan without the search. The rules stand in `docs/rules/agreed-meetings.md`.
"""
