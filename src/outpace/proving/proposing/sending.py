"""What of a repository may leave this machine for a model: which files, how much of them, and as what text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from msgspec import Struct

from outpace.model.words import counted
from outpace.proving.ladder.shape import matches
from outpace.proving.proposing.redacting import Redactor

LARGEST_FILE = 64 << 10
LARGEST_SUM = 256 << 10
LARGEST_BRIEF = 32 << 10
LARGEST_REFUTATION = 500
MOST_REFUTATIONS = 6
MOST_FILES = 60

DENIED = (
    "**/.env*", "**/*.env", "**/.env*/**", "**/*.pem", "**/*.key", "**/*.p8", "**/*.p12", "**/*.pfx", "**/*.ppk",
    "**/*.asc", "**/*.gpg", "**/*.jks", "**/*.keystore", "**/*.kdbx", "**/*.der", "**/*.crt", "**/id_rsa*",
    "**/id_dsa*", "**/id_ecdsa*", "**/id_ed25519*", "**/.netrc", "**/_netrc", "**/.pgpass", "**/.pypirc", "**/.npmrc",
    "**/.yarnrc*", "**/pip.conf", "**/.git-credentials", "**/.htpasswd", "**/*credential*", "**/*secret*.json",
    "**/*secret*.y*ml", "**/*secret*.toml", "**/*secret*.ini", "**/*secret*.txt", "**/secrets/**", "**/.secrets/**",
    "**/secrets.py", "**/local_settings.py", "**/.git/**", "**/.ssh/**", "**/.aws/**", "**/.azure/**",
    "**/.gcloud/**", "**/.gnupg/**", "**/.kube/**", "**/.docker/**", "**/.outpace/**", "**/*.tfstate*",
    "**/*.tfvars*", "**/*.sqlite*", "**/*.db", "**/*.dump", "**/*.log", "**/*.bak", "**/*.swp", "**/*~",
    "**/.venv/**", "**/venv/**", "**/node_modules/**", "**/__pycache__/**", "**/.*_history",
    "**/service-account*.json", "**/*.mobileprovision",
)  # fmt: skip
"""Whatever `send` says."""


class Piece(Struct, frozen=True, kw_only=True):
    path: str
    text: str


class Sent(Struct, frozen=True, kw_only=True):
    """`held_back` are the paths that `send` names and that stay here, each with why."""

    pieces: tuple[Piece, ...] = ()
    held_back: tuple[tuple[str, str], ...] = ()
    redacted: int = 0


def may_be_sent(path: str, send: tuple[str, ...], ignored: frozenset[str] = frozenset()) -> bool:
    """By name alone; upper and lower case are the same to what is denied."""
    return matches(send, path) and not matches(DENIED, path.lower()) and path not in ignored


def why_not(path: str, send: tuple[str, ...], ignored: frozenset[str]) -> str:
    """A clause; empty where it may be sent."""
    if path in ignored:
        return "git ignores it"
    if matches(DENIED, path.lower()):
        return "its name is of those that are never sent"
    return "" if matches(send, path) else "no glob of `send` names it"


def chosen(files: Mapping[str, bytes], *, send: tuple[str, ...], ignored: frozenset[str], redactor: Redactor) -> Sent:
    """Whole files only, in the order given, as long as there is room: of half a file nothing could be edited."""
    pieces: list[Piece] = []
    held: list[tuple[str, str]] = []
    room = LARGEST_SUM
    for path, content in files.items():
        why = why_not(path, send, ignored) or _unfit(path, content, room if len(pieces) < MOST_FILES else 0, redactor)
        if why:
            held.append((path, why))
            continue
        pieces.append(Piece(path=path, text=redactor.fit(plain_lines(content.decode()))))
        room -= len(content)
    return Sent(pieces=tuple(pieces), held_back=tuple(held), redacted=redactor.count)


def _unfit(path: str, content: bytes, room: int, redactor: Redactor) -> str:
    if redactor.fit(path) != path or "\n" in path or '"' in path or "\\" in path:
        return "its name is not plain"
    if len(content) > LARGEST_FILE:
        return f"it has more than {LARGEST_FILE >> 10} KiB"
    if len(content) > room:
        return "there is no room for it"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "it is not a text"
    return "it is not a text" if "\x00" in text else ""


def plain_lines(text: str) -> str:
    """Lines that all end as on Windows, without that: models write them as elsewhere."""
    return text.replace("\r\n", "\n") if is_of_windows(text) else text


def is_of_windows(text: str) -> bool:
    return 0 < text.count("\r\n") == text.count("\n") == text.count("\r")


def field(name: str, text: str, limit: int, redactor: Redactor) -> str:
    """Data between two lines that it cannot hold itself, since they carry its digest."""
    body = redactor.fit(_capped(text, limit))
    tag = hashlib.sha256(body.encode()).hexdigest()[:12]
    return f"=== {name} (data, {tag}) ===\n{body.rstrip(chr(10))}\n=== end {tag} ==="


def _capped(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n[cut: {counted(len(text) - limit, 'character')} more]"


def file_field(piece: Piece) -> str:
    tag = hashlib.sha256(f"{piece.path}\n{piece.text}".encode()).hexdigest()[:12]
    ends = "" if piece.text.endswith("\n") else "\n[no newline at the end of the file]\n"
    return f"=== file {piece.path} (data, {tag}) ===\n{piece.text}{ends}=== end {tag} ==="


def refutations(sentences: Iterable[str], redactor: Redactor) -> tuple[str, ...]:
    """The latest."""
    return tuple(redactor.fit(_capped(each, LARGEST_REFUTATION)) for each in tuple(sentences)[-MOST_REFUTATIONS:])
