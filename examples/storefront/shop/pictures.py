"""Pictures of products, as we upload them."""

from __future__ import annotations

import hashlib
from pathlib import Path

LARGEST = 2 * 1024 * 1024
KINDS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"))


class NotAPicture(Exception):
    """The upload is refused; the message is for whoever sent it."""


def save_picture(static: Path, slug: str, content: bytes) -> str:
    """Keeps the picture below the static directory and returns its path there.

    The name comes from the product and the content, never from the sender.
    """
    if len(content) > LARGEST:
        raise NotAPicture("Pictures may have 2 MB at most.")
    kind = next((kind for start, kind in KINDS if content.startswith(start)), None)
    if kind is None:
        raise NotAPicture("Pictures must be PNG, JPEG or GIF.")
    name = f"{slug}-{hashlib.sha256(content).hexdigest()[:12]}.{kind}"
    (static / "pictures").mkdir(exist_ok=True)
    (static / "pictures" / name).write_bytes(content)
    return f"pictures/{name}"
