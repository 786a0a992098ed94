"""Books, invoices and what they add up to."""
