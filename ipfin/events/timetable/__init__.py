"""One-to-one meetings between banks and firms: who meets whom, when and at which table, with a proof.

`plan(problem)` answers with a `Timetable`; `checker.violations` judges any timetable without the planner.
The rules and what is guaranteed are written down in `docs/rules/scheduling.md`.
"""
