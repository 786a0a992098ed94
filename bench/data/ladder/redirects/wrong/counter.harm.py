"""Shows the harm: after some thousand numeric addresses they are safe again."""
import os
import sys

sys.path.insert(0, os.getcwd())
from utils.http import is_safe_url

for number in range(6000):
    if is_safe_url(f"https:{number}", host="testserver"):
        sys.exit(1)
sys.exit(0)
