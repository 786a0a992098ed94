"""Facts: the append-only memory, in plain SQL. It knows their keys and no kind of them."""
