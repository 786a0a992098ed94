"""Whether a release goes on, is promoted or is taken back, from what is counted while it is exposed."""
