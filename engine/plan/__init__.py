"""What will be trained and how: the recipe, with a reason for every value."""
