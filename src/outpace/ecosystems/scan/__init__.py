"""What a lock file pins, told in a fraction of the time that reading it for `match` takes: for walks over history."""

from __future__ import annotations

from outpace.ecosystems.scan.asking import asks, scan_asked
from outpace.ecosystems.scan.pins import How, Pin, Scanned, Unscannable
from outpace.ecosystems.scan.scanners import kind_of, scan
from outpace.ecosystems.scan.scope import is_for_development

__all__ = ["How", "Pin", "Scanned", "Unscannable", "asks", "is_for_development", "kind_of", "scan", "scan_asked"]
