"""What tests let pass in functions that changed, and tests made to see it: programs for the sandbox."""
