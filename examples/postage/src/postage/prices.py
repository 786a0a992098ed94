"""The price list, in cents."""

from postage.weights import charged
from postage.zones import is_island, zone_of

BASE = {250: 290, 500: 340, 1000: 420, 2000: 510, 5000: 690, 10000: 990, 20000: 1490}
FACTOR = {1: 100, 2: 120, 3: 150, 4: 260}
VAT = 21
INSURED_FROM = 10_000


def net_price(code: str, weight: int, box: tuple[int, int, int] | None = None) -> int:
    """Before tax and insurance."""
    return BASE[charged(weight, box)] * FACTOR[zone_of(code)] // 100


def gross_price(code: str, weight: int, value: int = 0) -> int:
    """With tax, which islands do not pay, and one percent of a value that is insured."""
    net = net_price(code, weight)
    if value >= INSURED_FROM:
        net += insurance(value)
    return net if is_island(code) else with_tax(net)


def with_tax(net: int) -> int:
    """Rounded to the nearest cent, halves up."""
    return (net * (100 + VAT) + 50) // 100


def insurance(value: int) -> int:
    return value // 100
