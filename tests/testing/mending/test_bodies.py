"""What changed beside a name, of the code behind it; a name alone is nothing."""

from __future__ import annotations

import pytest

from outpace.testing.mending.bodies import beside
from outpace.testing.mending.change import Change
from outpace.testing.mending.failures import Missing, NoAttribute, NoKeyword, NoModule, NoName
from outpace.testing.mending.successors import step

ACCOUNT = """
LIMIT = 5


def positive(amount):
    if amount < 0:
        raise ValueError("negative")
    return amount


class Account:
    def __init__(self, balance=0):
        self.balance = balance

    def withdraw(self, amount):
        '''Takes it out.'''
        if amount > self.balance:
            raise ValueError("not enough")
        self.balance -= positive(amount)
        return min(self.balance, LIMIT)


def fetch(url, verify=True, timeout=5):
    if verify and not url.startswith("https:"):
        raise ValueError("insecure")
    return wait(timeout) + url


def wait(seconds=5):
    return "w" * seconds


def is_admin(user):
    if user is None:
        return False
    return user.get("role") == "admin"
"""
WITHDRAW = NoAttribute(owner="Account", name="withdraw")
TAKE = ("withdraw", "take")
ADMIN = NoName(module="bank", name="is_admin")
WAIT = NoKeyword(function="wait", name="seconds")
OTHERWISE = "millis is measured otherwise than seconds, and the change does not speak of it"
CHECK = '    if verify and not url.startswith("https:"):\n        raise ValueError("insecure")\n'
CLASS = NoName(module="bank", name="Account")
VERIFY_GONE = ("url, verify=True, ", "url, ")


def found(missing: Missing, *edits: tuple[str, str], said: str = "") -> tuple[str, ...]:
    text = ACCOUNT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    change = Change(old={"bank.py": ACCOUNT}, new={"bank.py": text}, roots=(".",), messages=(said,))
    old, new = change.interfaces()
    taken = step(missing, old, new)
    assert taken is not None
    told = beside((taken,), *change.definitions(old, new), {"withdraw"}, change.intent().lines)
    return tuple(each.what for each in told)


@pytest.mark.parametrize(
    ("missing", "edits"),
    [
        (WITHDRAW, [TAKE]),
        (WITHDRAW, [TAKE, ("(self, amount)", "(self, sum)"), ("if amount >", "if sum >"),
                    ("(amount)\n        r", "(sum)\n        r")]),
        (WITHDRAW, [TAKE, ("Takes it out.", "Takes money out."), ("(self, amount)", "(self, amount: int) -> int")]),
        (WITHDRAW, [TAKE, ("positive", "checked")]),
        (WITHDRAW, [TAKE, ("self, amount", "self, amount, *, reason=None")]),
        (ADMIN, [("is_admin", "is_superuser"), ("if verify and", "if")]),
        (WAIT, [("seconds", "secs")]),
        (CLASS, [("class Account", "class Purse")]),
    ],
)  # fmt: skip
def test_another_name_alone_is_nothing(missing: Missing, edits: list[tuple[str, str]]) -> None:
    assert found(missing, *edits) == ()


@pytest.mark.parametrize(
    ("missing", "edits", "said"),
    [
        (WITHDRAW, [TAKE, ("        if amount > self.balance:\n            raise ValueError(\"not enough\")\n", "")],
         "the body of withdraw changed too"),
        (WITHDRAW, [TAKE, ("amount > self.balance", "amount < self.balance")], "the body of withdraw changed too"),
        (WITHDRAW, [TAKE, ("not enough", "too little")], "the body of withdraw changed too"),
        (WITHDRAW, [TAKE, ("        return min", "        self.balance += 1\n        return min")],
         "the body of withdraw changed too"),
        (WITHDRAW, [TAKE, ("amount < 0", "amount < -9")], "the body of positive changed too"),
        (WITHDRAW, [TAKE, ("LIMIT = 5", "LIMIT = 6")], "the body of LIMIT changed too"),
        (WITHDRAW, [TAKE, ("    def take", "    @cache\n    def take")], "the body of withdraw changed too"),
        (WITHDRAW, [TAKE, ("self, amount", "self, amount, reason")], "withdraw has another parameter too"),
        (ADMIN, [("is_admin", "is_superuser"), ("return False", "return True")], "the body of is_admin changed too"),
        (NoKeyword(function="fetch", name="verify"),
         [VERIFY_GONE, (CHECK, "")],
         "the body of fetch changed too"),
        (WAIT, [("seconds", "millis")], OTHERWISE),
        (CLASS, [("class Account", "class Purse"), ("-= positive(amount)", "-= amount")],
         "the body of withdraw changed too"),
        (CLASS, [("class Account", "class Purse"), ("balance=0", "balance=1")], "the default of balance changed too"),
    ],
)  # fmt: skip
def test_what_changed_beside_the_name_is_told(missing: Missing, edits: list[tuple[str, str]], said: str) -> None:
    assert found(missing, *edits) == (said,)


def test_another_measure_counts_where_the_change_speaks_of_both() -> None:
    assert found(WAIT, ("seconds", "millis"), said="wait() takes millis, where it took seconds") == ()


def test_of_a_module_that_is_called_otherwise_what_the_test_names_is_compared() -> None:
    code = "def withdraw(a):\n    return a\n\n\ndef other(a):\n    return a\n"
    changed = code.replace("return a\n", "return -a\n")
    change = Change(old={"bank.py": code}, new={"money.py": changed}, roots=(".",))
    old, new = change.interfaces()
    taken = step(NoModule(module="bank"), old, new)
    assert taken is not None
    told = beside((taken,), *change.definitions(old, new), {"withdraw"}, ())
    assert [(each.path, each.line, each.was, each.now) for each in told] == [("money.py", 2, "return a", "return -a")]
