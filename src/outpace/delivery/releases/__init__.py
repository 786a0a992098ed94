"""What a release is, by which rule it is named, and when it may go."""
