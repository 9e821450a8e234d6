"""Everything of Tunewright that works without a terminal."""

__version__ = "0.1.0"
