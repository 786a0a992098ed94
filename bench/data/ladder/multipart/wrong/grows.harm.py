import os
import sys
import time

sys.path.insert(0, os.getcwd())
from multipart import parse_options_header

before = time.process_time()
for number in range(200):
    parse_options_header(f"multipart/form-data; boundary={number}")
first = time.process_time() - before
for number in range(12000):
    parse_options_header(f"multipart/form-data; boundary=x{number}")
before = time.process_time()
for number in range(200):
    parse_options_header(f"multipart/form-data; boundary=y{number}")
last = time.process_time() - before
if last > 8 * first and last > 0.01:
    print(f"200 headers took {first:.4f} seconds at first and {last:.4f} at last")
    sys.exit(1)
