"""Every third party, one module each, in our words."""
