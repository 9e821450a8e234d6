"""Made-up rows: made from train rows alone, checked at once, and in no version before a person has approved them."""
