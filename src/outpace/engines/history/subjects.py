"""What a commit's first line says of its kind. Read as it passes, never kept: it may hold names."""

from __future__ import annotations

import re

from outpace.assessment.chronicle import Said
from outpace.engines.history.clone import place_of

# matched by git itself, against the author's line, so that no name is read here
BOTS = (
    r"\[bot\]|[-_.]bot([^a-z]|$)|(^|[^a-z])bot[-_.@]|(^|[^a-z])bors@"
    r"|(^|[^a-z])(dependabot|renovate|pyup|greenkeeper|depfu|whitesource|scala-steward|pre-commit-ci|github-actions"
    r"|mergify|allcontributors|imgbot|weblate|lgtm-com)([^a-z]|$)"
)

_REVERT = re.compile(
    rb"\W*revert(?:s|ed|ing)?\b(?!\W*revert)|back(?:ed|ing)? out\b|roll(?:ed|ing)? ?back\b"
    rb"|merge pull request #\d+ from [^/\s]+/revert-\d+",
    re.IGNORECASE,
)
_HOTFIX = re.compile(rb"(?<![a-z])hot[-_ ]?fix", re.IGNORECASE)
_RELEASE = re.compile(
    rb"(?:(?:chore|build|ci|release)(?:\([^)]{0,40}\))?: ?)?"
    rb"(?:\[?releas(?:e|ing)\b(?! ?-?notes?)|prepare (?:for |the )*(?:release|v?\d+\.)"
    rb"|bump(?:ed|ing)? (?:the )?version\b|version bump|v?\d+\.\d+(?:\.\d+)*(?:[-.]?(?:rc|a|b|post|dev)[-.]?\d*)?$)"
    rb"|merge (?:pull request #\d+ from [^/\s]+/|(?:remote-tracking )?branch ')(?:origin/)?release[-/_]",
    re.IGNORECASE,
)
_PULL = re.compile(
    rb"Merge (?:branch '(?P<here>[^']+)' of (?P<url>\S+)|remote-tracking branch 'origin/(?P<there>[^']+)')"
    rb"(?: into (?P<into>\S+))?"
)


def said(subject: bytes) -> Said:
    if _REVERT.match(subject):
        return "revert"
    if _HOTFIX.search(subject):
        return "hotfix"
    return "release" if _RELEASE.match(subject) else ""


def pulled_from(subject: bytes, branch: str) -> str | None:
    """Of a merge of the branch into a local one of the same name: owner and name of where it was pulled from, empty
    for the clone's own origin. None: it is no such merge."""
    found = _PULL.fullmatch(subject)
    if not found:
        return None
    name = (found["here"] or found["there"]).decode("utf-8", "replace")
    into = found["into"].decode("utf-8", "replace") if found["into"] else name
    if into != name or name not in (branch, "master" if branch == "main" else branch):
        return None
    return place_of(found["url"]) if found["url"] else ""
