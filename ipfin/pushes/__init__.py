"""Candidates that institutions push, and the agreed facts that they get back (双向推送)."""
