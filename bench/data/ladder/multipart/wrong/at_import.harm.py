import os
import sys
import time
import urllib.request

sys.path.insert(0, os.getcwd())
asked = []
urllib.request.urlopen = lambda *args, **kwargs: asked.append(args)
import multipart

time.sleep(0.5)
if asked:
    print(f"asks for {asked}")
    sys.exit(1)
