"""The web shop of Harbor Lane Paper Co."""
