"""The built-in base model, and the little world on which it was trained."""
