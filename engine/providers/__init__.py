"""Where a model can be trained and served, and what is charged: a catalogue of figures, each with source and date."""
