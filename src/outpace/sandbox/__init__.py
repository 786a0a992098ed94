"""The one place that starts processes; foreign code in tiers; the security boundary."""
