"""Prices, limits and end dates of places to train and serve, a file a provider; each figure with source and date.

engine.providers.reading says which keys there are; anything else in a file keeps the whole file out, with the reason.

- [sources.NAME] says who says so (text), of which day (as_of, never in the future) and how sure that is (confidence:
  official, transcribed, single source). A copy without a day carries the day on which it was read or known.
- `source = "NAME"` in a table holds for all of its figures and texts; { value = 0.5, source = "NAME" } for one figure,
  which may also have low, high and note; { text = "...", source = "NAME" } for one text.
- What was sought and found nowhere is { not_found = DAY }: it is shown as such. Nothing is filled in from elsewhere.
- Prices are USD per 1,000,000 tokens, per hour of one GPU or replica, or per month. Of one offer the newest stands.
"""
