"""What every call of git runs with: nothing of a foreign tree runs, and nothing of the caller's redirects it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from outpace.model.errors import NotARepository, ToolFailed

# Everything else that begins with GIT_ is dropped: a caller's hook environment would point us at another index.
KEPT = frozenset(
    {"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
     "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY", "GIT_EXEC_PATH",
     "GIT_TEMPLATE_DIR"}
)  # fmt: skip

SETTINGS = (
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.attributesFile", "/dev/null"),
    ("core.quotePath", "false"),
    ("core.splitIndex", "false"),
    ("core.untrackedCache", "false"),
    ("core.sparseCheckout", "false"),
    ("core.logAllRefUpdates", "false"),
    ("core.pager", "cat"),
    ("commit.gpgSign", "false"),
    ("log.showSignature", "false"),  # it would run gpg.program, which the repository names
    ("push.gpgSign", "false"),
    ("push.recurseSubmodules", "no"),
    ("submodule.recurse", "false"),
    ("i18n.commitEncoding", "utf-8"),
    ("diff.external", ""),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.ext.allow", "never"),
    ("safe.bareRepository", "explicit"),  # one that lies in the content of another is not obeyed
)

AS_COMMITTED = tuple(
    word for setting in ("core.autocrlf=false", "core.eol=lf", "core.symlinks=true") for word in ("-c", setting)
)
"""Files as every host gets them, whoever checks them out."""


def environment_of(environ: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without what would redirect git, and with Outpace's settings after the caller's own."""
    given = re.fullmatch(r"\d{1,3}", environ.get("GIT_CONFIG_COUNT", ""))
    passed = [
        (environ.get(f"GIT_CONFIG_KEY_{number}", ""), environ.get(f"GIT_CONFIG_VALUE_{number}", ""))
        for number in range(int(given.group()) if given else 0)
    ]
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") or name in KEPT}
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_ATTR_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    return configured({**kept, **quiet}, [*((key, value) for key, value in passed if key), *SETTINGS])


def configured(environment: Mapping[str, str], settings: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Settings go through the environment, since `-c` cannot carry a name with an equals sign."""
    start = int(environment.get("GIT_CONFIG_COUNT", "0"))
    merged = dict(environment)
    for number, (key, value) in enumerate(settings, start):
        merged[f"GIT_CONFIG_KEY_{number}"] = key
        merged[f"GIT_CONFIG_VALUE_{number}"] = value
    merged["GIT_CONFIG_COUNT"] = str(start + len(settings))
    return merged


def not_a_repository(path: Path, error: ToolFailed) -> NotARepository:
    """Why git finds no repository there, and the next step."""
    if "dubious ownership" in error.output:
        return NotARepository(
            f"git does not trust {path}: it belongs to somebody else",
            hint=f"if you trust it: git config --global --add safe.directory {path.resolve()}",
        )
    if "must be run in a work tree" in error.output or "cannot use bare repository" in error.output:
        place = path.resolve()
        if ".git" in place.parts:
            return NotARepository(f"{place} is git's own directory", hint="go into the repository's files")
        return NotARepository(
            f"{place} is a bare repository: it has no files to work on",
            hint=f"clone it, and run there: git clone {place}",
        )
    return NotARepository(f"{path} is not in a git repository", hint="go into the repository, or git init one")
