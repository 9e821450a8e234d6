"""One thin module for each command: it parses, calls the engine, prints. None computes."""
