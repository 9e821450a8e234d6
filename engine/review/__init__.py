"""Reading rows: a random queue, verdicts that are never overwritten, and what they say about the rows not read."""
