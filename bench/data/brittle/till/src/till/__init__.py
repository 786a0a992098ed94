"""A till: amounts, rates, receipts and loyalty cards."""
