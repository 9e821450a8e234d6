"""Scores saved outputs: everything here reads files that a worker wrote, so re-scoring needs no model and no torch."""
