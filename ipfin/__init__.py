"""ipfin: the platform on which a city's IP office runs IP finance."""

__version__ = "0.1.0"
