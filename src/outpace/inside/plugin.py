"""A plugin of pytest that records what each test depends on, and runs only those that a change needs.

Without one of its options nothing else of it is imported. Works alone, and with pytest-xdist: each worker records and
selects, all alike, and the controller puts together what they tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .plugged.workings import Workings

NAME = "outpace-workings"


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("outpace", "run only the tests that a change needs (outpace)")
    group.addoption(
        "--outpace-record",
        action="store_true",
        help="run each test in a process of its own, and record what it depends on",
    )
    group.addoption(
        "--outpace-daily",
        action="store_true",
        help="record while tests run as always; this only adds to what --outpace-record has recorded",
    )
    group.addoption(
        "--outpace-select", action="store_true", help="run only tests that depend on something that changed"
    )
    group.addoption(
        "--outpace-map",
        metavar="FILE",
        help="where records are kept, outside of the project's files (default: pytest's cache)",
    )
    group.addoption(
        "--outpace-explained",
        metavar="REASON",
        help="why tests turned red without having been selected; until this is said, everything runs",
    )


def is_asked(options: Any) -> bool:
    return any(getattr(options, f"outpace_{each}", None) for each in ("record", "daily", "select", "explained"))


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: Any) -> None:
    """Before anything of the project is imported."""
    options = early_config.known_args_namespace
    if is_asked(options) and not early_config.pluginmanager.has_plugin(NAME):
        early_config.pluginmanager.register(_workings(early_config, options), NAME)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: Any) -> None:
    """Where no conftest was loaded; and the controller of pytest-xdist, which only puts together."""
    if is_asked(config.option) and not config.pluginmanager.has_plugin(NAME):
        config.pluginmanager.register(_workings(config, config.option), NAME)


def _workings(config: Any, options: Any) -> Workings:
    from .plugged.workings import Workings

    return Workings(str(config.rootpath), options)
