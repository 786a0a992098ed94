"""What is printed on the parcel."""

LINE = 32


def label(name: str, street: str, code: str, town: str) -> str:
    lines = [_short(name), _short(street), f"{code} {town.upper()}"]
    return "\n".join(lines)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LINE else words[: LINE - 1] + "."


def summary(count: int, cents: int) -> str:
    parcels = "parcel" if count == 1 else "parcels"
    return f"{count} {parcels}, {cents // 100}.{cents % 100:02} EUR"
