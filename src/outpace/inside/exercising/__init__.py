"""Cases of a change, run one by one: what each gives back, what it did to its surroundings, which instructions ran."""
