"""Public, versioned output: JSON v1, JUnit, text."""
