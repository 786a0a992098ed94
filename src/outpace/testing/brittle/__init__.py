"""Brittle tests: what turned them, judged; nothing that another run does not show again is a finding."""
