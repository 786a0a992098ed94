"""What a machine can say of a change, whoever made it."""
