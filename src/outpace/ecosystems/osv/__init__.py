"""OSV records: decoding them, and the schema's own answer to *is this version affected*."""

from outpace.ecosystems.osv.evaluation import AffectedBy, Evaluation, NotAffected, evaluate
from outpace.ecosystems.osv.fixes import fix_above, fix_of
from outpace.ecosystems.osv.record import decode, package_of
from outpace.ecosystems.osv.specifiers import evaluate_specifier

__all__ = [
    "AffectedBy",
    "Evaluation",
    "NotAffected",
    "decode",
    "evaluate",
    "evaluate_specifier",
    "fix_above",
    "fix_of",
    "package_of",
]
