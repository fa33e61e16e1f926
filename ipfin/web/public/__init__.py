"""Pages for everyone, without signing in."""
