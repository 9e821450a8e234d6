"""The sample project: the raw export of a made-up help-desk, flaws included, and what made it."""
