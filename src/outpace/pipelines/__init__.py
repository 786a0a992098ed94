"""What a repository says of how it is tested, deployed and run."""
