"""What mutants say of tests: which were tried, which survived, and how sure that is."""
