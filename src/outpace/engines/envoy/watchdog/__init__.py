"""The watchdog: a folder that `python -I -S -B` runs by its path. What the engine shares with it is named here."""

from outpace.engines.envoy.watchdog.files import PARTS, REVERTS, lay, locked, read, settle
from outpace.engines.envoy.watchdog.processes import STEADY, boot, born, environment

__all__ = ["PARTS", "REVERTS", "STEADY", "boot", "born", "environment", "lay", "locked", "read", "settle"]
