"""What a leader sees: self-contained pages without script, from an assessment."""
