"""What the plugin of pytest does once it is asked: records of tests, kept in a file, and a choice made by them."""
