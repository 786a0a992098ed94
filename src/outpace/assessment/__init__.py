"""Where the hours go: milestones and clocks."""
