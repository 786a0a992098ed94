"""Who proposes a change, what a proposer is told, and what it may spend; what it proposes is judged by the ladder."""
