"""Properties that Hypothesis checks, made to say the same in each fork, and no more slowly where they fail."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any


def steady(functions: Iterable[Any]) -> None:
    """Examples drawn from the test itself instead of anew, none shrunk, no deadline, none kept in a database."""
    hypothesis = sys.modules.get("hypothesis")
    if hypothesis is None:
        return
    sys.modules.setdefault("hypothesis.extra._patching", None)  # type: ignore[arg-type]  seconds, for a patch of tests
    kept = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    for function in functions:
        plain = getattr(function, "__func__", function)
        old = getattr(plain, "_hypothesis_internal_use_settings", None)
        if old is not None:
            phases = [phase for phase in old.phases if phase in kept]
            plain._hypothesis_internal_use_settings = hypothesis.settings(  # noqa: SLF001  it has no public name
                old, derandomize=True, database=None, deadline=None, phases=phases
            )
