"""Projects at the points of the road that screens are opened at."""

import os

# Read by Textual when it is imported, as the wizard's own entry sets it.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
