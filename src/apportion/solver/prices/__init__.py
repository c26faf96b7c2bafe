"""What is the best division by a smooth or linear objective? Prices tell it."""
