"""The ledger of a small club: entries on accounts, and the members who may look at them, kept with SQLite.

What is searched for and grouped by comes from a form, the number of an entry from an address.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from typing import Dict, List, Optional, Tuple, Union

from money import format_cents

COLUMNS = ("account", "day", "memo")
TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY, day TEXT NOT NULL, account TEXT NOT NULL, cents INTEGER NOT NULL, memo TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS members (name TEXT PRIMARY KEY, pin TEXT NOT NULL, account TEXT NOT NULL);
"""

Entry = Dict[str, Union[int, str]]


class NoSuchEntry(LookupError):
    """There is no entry of this number."""


class NoSuchMember(LookupError):
    """There is no member of this name."""


class Ledger:
    """Entries and members in one file, or in memory."""

    def __init__(self, path: str = ":memory:") -> None:
        self.base = sqlite3.connect(path)
        self.base.row_factory = sqlite3.Row
        self.base.executescript(TABLES)

    def add(self, account: str, cents: int, memo: str = "", day: str = "2024-01-01") -> int:
        """Add an entry and return its number."""
        with self.base:
            cursor = self.base.execute(
                "INSERT INTO entries (day, account, cents, memo) VALUES (?, ?, ?, ?)", (day, account, cents, memo)
            )
        return int(cursor.lastrowid or 0)

    def add_member(self, name: str, pin: str, account: str) -> None:
        """Add a member, whose statement shows the entries of an account."""
        with self.base:
            self.base.execute("INSERT INTO members (name, pin, account) VALUES (?, ?, ?)", (name, pin, account))

    def check_pin(self, name: str, pin: str) -> bool:
        """Return whether a member has this number."""
        row = self.base.execute("SELECT pin FROM members WHERE name = ?", (name,)).fetchone()
        return row is not None and row["pin"] == pin

    def balance(self, account: str) -> int:
        """Return the sum of the entries of an account, in cents."""
        row = self.base.execute("SELECT SUM(cents) FROM entries WHERE account = ?", (account,)).fetchone()
        return row[0] or 0

    def entry(self, number: Union[int, str]) -> Entry:
        """Return one entry."""
        row = self.base.execute(f"SELECT number, day, account, cents, memo FROM entries WHERE number = {number}").fetchone()
        if row is None:
            raise NoSuchEntry(number)
        return dict(row)

    def search(self, text: str, account: Optional[str] = None) -> List[Entry]:
        """Return the entries with a text in their memo, of one account or of all, the oldest first.

        In the text, `_` stands for any character and `%` for any number of them; capitals make no difference.
        """
        query = f"SELECT number, day, account, cents, memo FROM entries WHERE memo LIKE '%{text}%'"
        if account is not None:
            query += " AND account = '%s'" % account
        query += " ORDER BY day, number"
        return [dict(row) for row in self.base.execute(query)]

    def totals(self, by: str = "account", since: str = "") -> List[Tuple[Union[int, str], ...]]:
        """Return the sum for each account, day or memo, or for each of several of them: `account, day`.

        The columns may be in capitals. With a day, only what was entered since then is counted.
        """
        query = f"SELECT {by}, SUM(cents) AS total FROM entries"
        if since:
            query += f" WHERE day >= '{since}'"
        query += f" GROUP BY {by} ORDER BY {by}"
        return [tuple(row) for row in self.base.execute(query)]

    def statement(self, name: str) -> List[str]:
        """Return what a member may read: a line for each entry of the account that is the member's."""
        member = self.base.execute("SELECT account FROM members WHERE name = ?", (name,)).fetchone()
        if member is None:
            raise NoSuchMember(name)
        rows = self.base.execute(
            "SELECT day, cents, memo FROM entries WHERE account = '" + member["account"] + "' ORDER BY day, number"
        )
        return [f"{row['day']} {format_cents(row['cents'])} {row['memo']}".rstrip() for row in rows]

    def export(self) -> str:
        """Return all entries as CSV, with a line of headings."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("number", "day", "account", "amount", "memo"))
        for row in self.base.execute("SELECT number, day, account, cents, memo FROM entries ORDER BY number"):
            writer.writerow((row["number"], row["day"], row["account"], format_cents(row["cents"]), row["memo"]))
        return out.getvalue()
