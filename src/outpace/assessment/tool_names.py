"""What tools are for, by their names: which bots update dependencies, which scanners look at them."""

from __future__ import annotations

UPDATERS = frozenset({"Dependabot", "Renovate", "PyUp", "requires.io", "Greenkeeper", "Scala Steward"})
DEPENDENCY_SCANNERS = frozenset(
    {
        "Snyk",
        "Safety",
        "OSV-Scanner",
        "Mend",
        "Trivy",
        "Grype",
        "cargo-deny",
        "cargo-audit",
        "audit-ci",
        "nsp",
        "dependency review",
        "security scan",
    }
)
