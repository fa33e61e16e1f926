"""Signing in, the own account, the inbox and files: for everyone who signs in."""
