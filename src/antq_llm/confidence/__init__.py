"""How probable it is that each item of a record is right, and how well that is known."""
