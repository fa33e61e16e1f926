"""What keeps a patent alive (专利权维持): annual fees, grace, lapse, restoration, gazette codes. Pure.

How long the law protects a patent at most is decided in `registry.patents`; fees and periods are dated
data in `cn_annual_fees.toml`, each with its source. Nothing here knows what was really paid: a list of
patents says whether a right is in force, never who paid what.
"""
