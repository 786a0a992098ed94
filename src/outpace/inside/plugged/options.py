"""Which of pytest's options can change what a test says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ..recording.present import digest_of

HARMLESS = frozenset(
    {
        "_setupplan", "basetemp", "boxed", "cacheclear", "cacheshow", "code_highlight", "collectonly", "color",
        "continue_on_collection_errors", "debug", "deselect", "dist", "distload", "durations", "durations_min",
        "failedfirst", "file_or_dir", "fold_skipped", "force_short_summary", "fulltrace", "help", "ignore",
        "ignore_glob", "inifilename", "junitprefix", "keyword", "last_failed_no_failures", "lf", "loadgroup",
        "log_file", "looponfail", "markers", "markexpr", "maxfail", "maxprocesses", "maxschedchunk",
        "maxworkerrestart", "newfirst", "no_fold_skipped", "no_header", "no_showlocals", "no_summary",
        "numprocesses", "pastebin", "plugins", "px", "pyargs", "reportchars", "rootdir", "rsyncdir", "rsyncignore",
        "setuponly", "setupplan", "setupshow", "show_fixtures", "show_fixtures_per_test", "showcapture",
        "showfixtures", "showlocals", "stepwise", "stepwise_reset", "stepwise_skip", "tbstyle", "testrunuid",
        "trace", "traceconfig", "tx", "use_pdb", "usepdb", "usepdb_cls", "verbose", "version", "worksteal",
        "xfail_tb", "xmlpath",
    }
)  # fmt: skip
OURS = "outpace_"
SIMPLE = (str, int, float, list, tuple)


def digest(config: Any) -> str:
    """Of the settings in files, and of the options that do more than choose, show or spread tests."""
    written: dict[str, Any] = dict(config._inicfg if hasattr(config, "_inicfg") else config.inicfg)  # noqa: SLF001  from pytest 9 on
    lines = sorted((key, str(getattr(value, "value", value))) for key, value in written.items())
    return digest_of(repr((lines, sorted(_options(config.option)), sorted(_named(config)))))


def is_partial(config: Any) -> bool:
    """Whether it was asked for some of the tests only."""
    option = config.option
    words = ("keyword", "markexpr", "lf", "stepwise", "deselect", "ignore", "ignore_glob", "maxfail")
    return bool(option.file_or_dir) or any(getattr(option, each, None) for each in words)


def _options(option: Any) -> Iterator[tuple[str, str]]:
    for name in sorted(name for name in dir(option) if not name.startswith("_")):
        value = getattr(option, name)
        if isinstance(value, SIMPLE) and value and name not in HARMLESS and not name.startswith(OURS):
            yield name, ascii(cast("object", value))


def _named(config: Any) -> Iterator[str]:
    """Plugins by name, of which a worker of pytest-xdist lacks the terminal."""
    names: Any = getattr(config.option, "plugins", None) or ()
    for name in names:
        if name not in ("no:terminal", "outpace"):
            yield str(name)
