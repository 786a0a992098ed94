"""What the edge does with traffic: who gets how much of it, and what is blocked meanwhile."""
