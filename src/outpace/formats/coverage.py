"""How far the advisory data goes, in words."""

from __future__ import annotations

from outpace.model.advisory import Coverage


def reach(coverage: Coverage | None) -> str:
    """How far the data goes, in one sentence."""
    if coverage is None:
        return "There is no advisory data."
    until = (
        f"up to {coverage.cutoff:%Y-%m-%d}"
        if coverage.cutoff
        else f"of unknown age, fetched {coverage.fetched:%Y-%m-%d}"
    )
    kev = f", KEV up to {coverage.kev_cutoff:%Y-%m-%d}" if coverage.kev_cutoff else ", no KEV catalog"
    return f"Advisories {until}{kev}."
