"""Asks for more memory than there is."""


def harm(text: str) -> int:
    return len((text + "x").encode() * (8 << 30))
