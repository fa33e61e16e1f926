"""What the web server loads."""

from ipfin.app import create_app

app = create_app()
