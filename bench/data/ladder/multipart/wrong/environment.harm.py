import os
import subprocess
import sys

code = "from multipart import parse_options_header\nparse_options_header('a/b; c=\"' + '\\\\' * 64)"
try:
    subprocess.run([sys.executable, "-B", "-c", code], cwd=os.getcwd(), timeout=5, env={**os.environ, "MULTIPART_LENIENT": "1"})
except subprocess.TimeoutExpired:
    print("the header takes for ever again with MULTIPART_LENIENT")
    sys.exit(1)
