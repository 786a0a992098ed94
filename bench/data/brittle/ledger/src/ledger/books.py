"""Accounts and what moves between them."""

from collections import defaultdict
from decimal import Decimal


class Books:
    def __init__(self):
        self.entries = []

    def move(self, source, target, value):
        value = Decimal(value)
        if value <= 0:
            raise ValueError("only a positive amount moves")
        self.entries.append((source, target, value))

    def balance(self, account):
        into = sum(value for _, target, value in self.entries if target == account)
        out = sum(value for source, _, value in self.entries if source == account)
        return Decimal(into - out)

    def accounts(self):
        """Every account that something moved from or to, in no order that is promised."""
        seen = []
        for source, target, _ in self.entries:
            seen += [account for account in (source, target) if account not in seen]
        return seen

    def totals(self):
        totals = defaultdict(Decimal)
        for source, target, value in self.entries:
            totals[source] -= value
            totals[target] += value
        return dict(totals)
