"""Why a source archive could not be built, in one line out of what uv and the build backend said."""

from __future__ import annotations

import re

WHICH = re.compile(r"Failed to (?:download and )?build `(?P<what>[^`\n]{1,200})`")
COMPILER = re.compile(r"\bfatal error: \S")  # names the header that is missing; what follows it does not
ERROR = re.compile(r"^(?:[A-Za-z_][\w.]*(?:Error|Exception|Exit)|Exception|[Ee]rror|ERROR|fatal): *\S")
ADVICE = ("hint:", "note:", "[", "cause:", "×", "╰", "├")
LONGEST = 300


def why_not_built(said: str) -> str:
    """`pycurl 7.45.2: ConfigurationError: ...`; the last line that was said where none looks like an error."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    which = WHICH.search(said)
    inner = [line for line in lines if not WHICH.search(line)]
    header = next((line for line in inner if COMPILER.search(line)), None)
    errors = [line for line in inner if ERROR.match(line)]
    plain = [line for line in inner if not line.startswith(ADVICE)]
    cause = header or (errors or plain or ["it does not say why"])[-1]
    cause = cause if len(cause) <= LONGEST else f"{cause[: LONGEST - 1]}…"
    what = which["what"].replace("==", " ") if which else ""
    return f"{what}: {cause}" if what else cause
