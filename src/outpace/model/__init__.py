"""The few nouns that two or more capabilities share, and the error tree."""
