"""A declared block that holds the line until the fix is live: `[[stopgaps]]` of outpace.toml."""

from __future__ import annotations

from msgspec import Struct


class Stopgap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Requests of one shape are answered 403 while what runs is exposed to one of the advisories. Exactly one of a
    path (with everything below it, and for one method where that is given) and a header."""

    advisories: tuple[str, ...]
    path: str = ""
    method: str = ""
    header: str = ""
    contains: str = ""  # in the header's value; empty: whatever it is
    within: str = "7d"  # how long it may stand: it ends by itself

    def __post_init__(self) -> None:
        if not self.advisories:
            raise ValueError("a stopgap names the advisories that it is for in `advisories`")
        if bool(self.path or self.method) == bool(self.header):
            raise ValueError("a stopgap blocks a `path`, a `method` (on a path, or everywhere), or a `header`")
        if self.path and not self.path.startswith("/"):
            raise ValueError(f"the `path` of a stopgap begins with /, and this is {self.path!r}")

    @property
    def spoken(self) -> str:
        if self.header:
            return f"the header {self.header}" + (f" with {self.contains!r}" if self.contains else "")
        below = f"{self.path} and below" if self.path not in ("", "/") else "every path"
        return f"{self.method.upper()} of {below}" if self.method else below
