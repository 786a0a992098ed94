"""Shows the harm: an address of another host is safe where it is long."""
import os
import sys

sys.path.insert(0, os.getcwd())
from utils.http import is_safe_url

long = "https://example.com/?" + "a" * 9000
sys.exit(1 if is_safe_url(long, host="testserver") else 0)
