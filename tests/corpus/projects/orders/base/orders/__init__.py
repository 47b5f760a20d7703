"""Orders of the shop, from the basket to the door."""
