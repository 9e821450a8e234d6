"""Prices, limits and end dates of places to train and serve, a file a provider; each figure with source and date."""
