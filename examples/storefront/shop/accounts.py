"""Who buys here, and how they prove it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass

SHORTEST_PASSWORD = 10


class EmailTaken(Exception):
    """There is an account with this address already."""


@dataclass(frozen=True)
class Account:
    """A customer, or one of us."""

    id: int
    email: str
    name: str
    is_admin: bool


def register(db: sqlite3.Connection, email: str, name: str, password: str) -> Account:
    try:
        answer = db.execute(
            "INSERT INTO accounts (email, name, password) VALUES (?, ?, ?)",
            (email.strip().lower(), name.strip(), hash_password(password)),
        )
    except sqlite3.IntegrityError as error:
        raise EmailTaken(email) from error
    return Account(answer.lastrowid or 0, email.strip().lower(), name.strip(), is_admin=False)


def authenticate(db: sqlite3.Connection, email: str, password: str) -> Account | None:
    row = db.execute("SELECT * FROM accounts WHERE email = ?", (email.strip().lower(),)).fetchone()
    # An unknown address takes as long as a wrong password, so that neither tells who buys here.
    stored = row["password"] if row and row["password"] else NOBODY
    return _account(row) if password_fits(password, stored) and row else None


def account_by_id(db: sqlite3.Connection, number: int) -> Account | None:
    row = db.execute("SELECT * FROM accounts WHERE id = ?", (number,)).fetchone()
    return _account(row) if row else None


def make_admin(db: sqlite3.Connection, email: str) -> bool:
    """False if there is no such account."""
    change = "UPDATE accounts SET is_admin = 1 WHERE email = ?"
    return db.execute(change, (email.strip().lower(),)).rowcount == 1


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_derive(password, salt).hex()}"


def password_fits(password: str, stored: str) -> bool:
    salt, _, digest = stored.partition("$")
    return hmac.compare_digest(_derive(password, bytes.fromhex(salt)).hex(), digest)


def _derive(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def _account(row: sqlite3.Row) -> Account:
    return Account(row["id"], row["email"], row["name"], is_admin=bool(row["is_admin"]))


NOBODY = hash_password(secrets.token_hex())
