"""The `ipfin` command: thin over the services."""
