"""The rungs that any change climbs, whoever proposed it: pure judgments over what was seen of base and change."""
