"""What every test depends on at once: Python, the platform, pytest and its options, the zone, the locale."""

from __future__ import annotations

import locale
import os
import platform
import sys
from collections.abc import Mapping
from typing import Any

from .distributions import content_of, digest_of, digest_of_installed
from .places import Places

LOCALE = ("LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_TIME", "LC_NUMERIC", "LC_MONETARY", "LC_MESSAGES", "LANG", "LANGUAGE")
OF_PYTEST = ("pytest", "pluggy", "iniconfig", "packaging")
ZONE_FILES = ("/etc/localtime", "/etc/timezone")


def settings(session: Any, environ: Mapping[str, str], places: Places) -> dict[str, str]:
    """Name, as it is shown -> digest or value. PYTHONPATH counts by what it adds beyond the project's own files."""
    config = session.config
    written: dict[str, Any] = dict(config._inicfg if hasattr(config, "_inicfg") else config.inicfg)  # noqa: SLF001  from pytest 9 on
    options = {key: str(getattr(value, "value", value)) for key, value in written.items()}
    starting = {key: value for key, value in environ.items() if key.startswith("PYTHON") and key != "PYTHONPATH"}
    return {
        "the interpreter": f"{platform.python_implementation()} {sys.version}",
        "the platform": f"{sys.platform} {platform.machine()} {'-'.join(platform.libc_ver())}",
        "pytest": _distributions(OF_PYTEST),
        "a plugin of pytest": _distributions(_plugins(config)),
        "the options of pytest": digest_of(repr((sorted(options.items()), list(config.invocation_params.args)))),
        "the environment variables of pytest": _variables(environ, ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")),
        "the environment variables of Python": digest_of(repr(sorted(starting.items()))),
        "where modules are imported from": digest_of(repr(places.roots_outside())),
        "the time zone": digest_of(repr((environ.get("TZ"), [content_of(path) for path in ZONE_FILES]))),
        "the locale": digest_of(repr((_variables(environ, LOCALE), locale.getpreferredencoding(False).lower()))),  # noqa: FBT003
    }


def _plugins(config: Any) -> list[str]:
    return sorted({str(found.metadata["Name"]) for _, found in config.pluginmanager.list_plugin_distinfo()})


def _distributions(names: Any) -> str:
    return digest_of(repr([(name, digest_of_installed(name)) for name in names]))


def _variables(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    return digest_of(repr([(name, environ.get(name)) for name in names]))


def initial() -> dict[str, str]:
    """The environment as it was handed in; asked before anything of the project is imported."""
    return {key: value for key, value in os.environ.items() if not key.startswith("OUTPACE_")}
