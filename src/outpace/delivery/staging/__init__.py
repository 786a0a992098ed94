"""An environment that is there for seconds: which personal data is masked in its copies, and what it lacks."""
