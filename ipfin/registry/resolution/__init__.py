"""Whether two names are one legal person: a firm's name in parts, compared, weighed and explained. Pure.

Nothing here merges anything: what is not an exact identity is put before a person (docs/name-resolution.md).
"""
