"""How a change reaches an environment, and what is seen running there."""
