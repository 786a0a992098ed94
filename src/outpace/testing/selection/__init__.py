"""Which tests a change needs: the records of tests, compared with the world as it is now."""
