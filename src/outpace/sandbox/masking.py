"""Takes secrets out of text before anybody reads it."""

from __future__ import annotations

import re

_MASK = "***"
_PATTERNS = (  # compiled at the first text that has any: many a command masks nothing
    (r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/@'\"<>]{1,500}@", rf"\1{_MASK}@"),
    (
        (
            r"(?i)([?&;](?:access_?token|auth|authorization|api_?key|key|password|private_token|secret|sig|signature"
            r"|token|x-amz-(?:signature|credential|security-token))=)[^&\s'\"#<>]+"
        ),
        rf"\1{_MASK}",
    ),
    (r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?(?:basic|bearer|token)?\s*)[^\s'\",;]+", rf"\1{_MASK}"),
    (r"(?i)\b((?:private-token|x-api-key|cookie|set-cookie)['\"]?\s*:\s*)[^\r\n]+", rf"\1{_MASK}"),
    (r"(?i)\b([a-z0-9_]*(?:password|passwd|secret|token|api_?key)\s*=\s*)[^\s&'\"]+", rf"\1{_MASK}"),
    (
        r"\b(?:gh[opsur]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|pypi-[\w-]{32,}|AKIA[0-9A-Z]{16})",
        _MASK,
    ),
)


def mask(text: str) -> str:
    """Passwords in URLs, tokens in queries, headers and assignments, and the well-known shapes of tokens."""
    for pattern, replacement in _PATTERNS if text else ():
        text = re.sub(pattern, replacement, text)
    return text
