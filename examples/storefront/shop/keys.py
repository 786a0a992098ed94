"""The shop's secrets: made at the first start, kept beside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


def session_secret(data: Path) -> str:
    return _kept(data / "session.secret", secrets.token_hex(32).encode()).decode()


def token_keys(data: Path) -> tuple[str, str]:
    """The private key that signs tokens (PEM), and the public one that checks them (OpenSSH)."""
    fresh = generate_private_key(SECP256R1())
    written = fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem = _kept(data / "tokens.pem", written)
    public = load_pem_private_key(pem, password=None).public_key()
    return pem.decode(), public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _kept(path: Path, fresh: bytes) -> bytes:
    """What the file holds; if there is none, it is made, for us alone to read."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(fresh)
    return fresh
