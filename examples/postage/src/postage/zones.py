"""How far it goes: postal codes fall into zones."""

FAR = ("96", "97", "98", "99")
ISLANDS = {"07": "Balearic", "35": "Canary", "38": "Canary"}
HIGHEST = 4


def zone_of(code: str, home: str = "28") -> int:
    """1 is next door, 4 is overseas."""
    if not code.isdigit() or len(code) != 5:
        raise ValueError(f"{code!r} is no postal code")
    area = code[:2]
    if area == home:
        return 1
    if area in ISLANDS or area in FAR:
        return HIGHEST
    return 2 if abs(int(area) - int(home)) < 10 else 3


def is_island(code: str) -> bool:
    return code[:2] in ISLANDS
