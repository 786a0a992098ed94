"""Where the shop keeps its data, and what differs from place to place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """All that the environment decides."""

    data: Path
    release: str = "development"
    https_only: bool = False
    elsewhere: Path | None = None  # a database that does not lie with the rest of the data

    @property
    def database(self) -> Path:
        return self.elsewhere or self.data / "shop.db"

    @property
    def static(self) -> Path:
        """Public files that are not code: the product pictures that we upload."""
        return self.data / "static"

    @property
    def exports(self) -> Path:
        """Nightly exports for the accountant, who fetches them over SSH. Not public."""
        return self.data / "static-exports"


def from_environment() -> Settings:
    database = os.environ.get("SHOP_DATABASE")
    return Settings(
        data=Path(os.environ.get("SHOP_DATA", "data")).resolve(),
        release=os.environ.get("SHOP_RELEASE", "development"),
        https_only=os.environ.get("SHOP_HTTPS_ONLY") == "1",
        elsewhere=Path(database).resolve() if database else None,
    )
