"""How a large change becomes a sequence of small ones, none of which needs a later one."""
