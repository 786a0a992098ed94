"""What a change of a requirements file gives away beside its pins: hashes, and where packages come from."""

from __future__ import annotations

OPTIONS = (
    "-i", "--index-url", "--pypi-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--trusted-host",
    "--no-binary", "--only-binary", "--prefer-binary", "--pre",
)  # fmt: skip
HASH = b"--hash="


def loosened(before: bytes | None, after: bytes | None) -> str:
    """Empty where nothing is. Options are named without their values, which may hold a password."""
    if before is None or after is None:
        return ""
    told: list[str] = []
    if HASH in before and HASH not in after:
        told.append("drops every hash")
    added = sorted({_option(line) for line in _options(after) - _options(before)})
    if added:
        told.append(f"adds or changes {', '.join(added)}")
    return " and ".join(told)


def _options(text: bytes) -> frozenset[str]:
    lines = (line.strip() for line in text.decode("utf-8", "replace").splitlines())
    return frozenset(line for line in lines if line.startswith("-") and _option(line) in OPTIONS)


def _option(line: str) -> str:
    """`--index-url=https://...` and `-i https://...`"""
    word = line.split(maxsplit=1)[0].partition("=")[0]
    return "-i" if word.startswith("-i") else "-f" if word.startswith("-f") else word
