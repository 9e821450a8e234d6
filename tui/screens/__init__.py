"""One screen a step, imported when it is first opened."""
