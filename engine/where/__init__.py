"""Where it is trained and served: every destination against what is asked for, the choice, consent, files to upload."""
