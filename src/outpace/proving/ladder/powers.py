"""Which names of Python's library give code a power over the world, as tables; the longest prefix decides.

A power is a short phrase that completes "it now ...". What has none is computation alone.
"""

from __future__ import annotations

import re

SHELL = "runs a shell"
PROGRAMS = "starts programs"
NETWORK = "uses the network"
READS = "reads files"
WRITES = "writes files"
ENVIRONMENT = "reads its surroundings"
CODE = "runs text or data as code"
INSIDE = "looks into the interpreter"
SPECIAL = "uses a special attribute"
NAMES = "takes attributes by computed names"
CLOCK = "asks for the time"
RANDOM = "draws random values"
NATIVE = "calls native code"
THREADS = "runs beside or after its caller"
ENDS = "ends the process"
DATABASE = "opens a database"
ALTERS = "alters another module"
SWALLOWS = "swallows every exception"
SILENCES = "silences a checker"
MOCKS = "puts something in the place of other code"
RUNNER = "reaches into the test runner"
PYTEST = "uses the package pytest"
NONE = ""

BY_POWER: dict[str, str] = {
    SHELL: "os.system os.popen subprocess.getoutput subprocess.getstatusoutput asyncio.create_subprocess_shell pty",
    PROGRAMS: "subprocess os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe os.spawnl "
    "os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe os.posix_spawn os.posix_spawnp "
    "os.fork os.forkpty os.kill os.killpg os.startfile multiprocessing concurrent.futures.ProcessPoolExecutor "
    "concurrent.futures.process asyncio.create_subprocess_exec asyncio.subprocess signal",
    NETWORK: "socket ssl http.client http.server urllib.request urllib.robotparser ftplib smtplib poplib imaplib "
    "nntplib telnetlib xmlrpc socketserver asyncio.open_connection asyncio.start_server webbrowser requests httpx "
    "httpx2 aiohttp urllib3 select selectors",
    READS: "io.open io.FileIO os.listdir os.scandir os.walk os.stat os.lstat os.read os.readlink os.access glob "
    "linecache fileinput zipfile tarfile os.path.exists os.path.isfile os.path.isdir os.path.getsize "
    "os.path.getmtime mimetypes filecmp configparser.ConfigParser.read",
    WRITES: "os.open os.write os.remove os.unlink os.rename os.renames os.replace os.mkdir os.makedirs os.rmdir "
    "os.removedirs os.link os.symlink os.chmod os.chown os.truncate os.utime os.mkfifo os.umask os.dup os.dup2 "
    "os.pipe shutil tempfile logging.FileHandler logging.handlers",
    ENVIRONMENT: "os.environ os.environb os.getenv os.putenv os.unsetenv os.getcwd os.chdir os.getpid os.getppid "
    "os.getuid os.getlogin os.uname os.cpu_count sys.argv sys.path sys.flags sys.platform sys.executable sys.stdin "
    "getpass platform sysconfig site pwd grp",
    CODE: "importlib runpy code codeop pickle cPickle _pickle marshal shelve dill cloudpickle joblib jsonpickle imp "
    "pkgutil types.FunctionType types.CodeType types.LambdaType yaml zipimport builtins.eval builtins.exec "
    "builtins.compile builtins.__import__",
    MOCKS: "unittest.mock",
    PYTEST: "pytest",
    RUNNER: "pytest.hookimpl pytest.hookspec pytest.exit pytest.Session pytest.Config pytest.PytestPluginManager "
    "_pytest unittest.TestResult unittest.result unittest.runner unittest.main",
    INSIDE: "inspect gc sys builtins dis symtable tracemalloc faulthandler traceback weakref.finalize "
    "operator.attrgetter operator.methodcaller sys.modules sys.settrace sys.setprofile sys.monitoring sys._getframe",
    CLOCK: "time sched datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today "
    "calendar.timegm zoneinfo os.times",
    RANDOM: "random secrets uuid.uuid1 uuid.uuid4 os.urandom os.getrandom random.SystemRandom numpy.random",
    NATIVE: "ctypes cffi mmap _ctypes resource fcntl",
    THREADS: "threading _thread atexit concurrent.futures queue contextvars asyncio.create_task",
    ENDS: "sys.exit os._exit os.abort",
    DATABASE: "sqlite3 dbm psycopg psycopg2 pymysql MySQLdb",
    NONE: "re html string _string math cmath decimal fractions itertools functools operator collections dataclasses "
    "enum typing typing_extensions abc copy json urllib.parse posixpath ntpath os.path os.sep os.altsep os.pardir "
    "os.pathsep os.linesep os.curdir os.fspath os.PathLike os.fsencode os.fsdecode pathlib hmac hashlib "
    "base64 binascii struct textwrap unicodedata ipaddress shlex fnmatch numbers contextlib warnings types uuid "
    "datetime secrets.compare_digest "
    "ast.literal_eval defusedxml markupsafe bleach nh3 yaml.safe_load yaml.safe_load_all yaml.SafeLoader "
    "yaml.CSafeLoader yaml.safe_dump yaml.YAMLError logging bisect heapq statistics stringprep difflib pprint "
    "__future__ sys.maxsize sys.version_info email.utils email.header csv io.StringIO io.BytesIO io.TextIOWrapper "
    "http.HTTPStatus http.cookies xml.sax.saxutils.escape xml.sax.saxutils.quoteattr configparser keyword array "
    "locale.strcoll colorsys reprlib weakref errno stat zlib gzip.decompress codecs.encode codecs.decode asyncio "
    "graphlib unittest ast token tokenize tomllib plistlib quopri calendar encodings html.parser zlib bz2.compress "
    "bz2.decompress lzma.compress lzma.decompress gzip.compress xml.etree.ElementTree.fromstring "
    "xml.etree.ElementTree.tostring xml.etree.ElementTree.Element xml.etree.ElementTree.SubElement "
    "xml.etree.ElementTree.ParseError xml.sax.saxutils.unescape uuid.UUID uuid.uuid3 uuid.uuid5",
}
POWERS = {name: power for power, names in BY_POWER.items() for name in names.split()}
KNOWN = frozenset(name.partition(".")[0] for name in POWERS)
"""Topmost modules that the table speaks of; what it does not name of them counts as looking into the interpreter."""

BUILTINS = {
    "open": READS,
    "eval": CODE,
    "exec": CODE,
    "compile": CODE,
    "__import__": CODE,
    "globals": INSIDE,
    "locals": INSIDE,
    "vars": INSIDE,
    "dir": INSIDE,
    "breakpoint": INSIDE,
    "__builtins__": INSIDE,
    "__loader__": INSIDE,
    "__spec__": INSIDE,
    "__debug__": INSIDE,
    "input": ENVIRONMENT,
    "exit": ENDS,
    "quit": ENDS,
    "SystemExit": ENDS,
    "KeyboardInterrupt": ENDS,
}

METHODS = {
    **dict.fromkeys(("system", "popen", "getoutput"), SHELL),
    **dict.fromkeys(("Popen", "check_output", "check_call", "fork", "killpg"), PROGRAMS),
    **dict.fromkeys(("urlopen", "create_connection", "sendall", "sendto", "connect_ex"), NETWORK),
    **dict.fromkeys(("read_text", "read_bytes", "open", "iterdir", "rglob", "is_file", "is_dir", "exists"), READS),
    **dict.fromkeys(("write_text", "write_bytes", "unlink", "rmtree", "chmod", "symlink_to", "hardlink_to"), WRITES),
    **dict.fromkeys(("mkdir", "touch", "rmdir"), WRITES),
    **dict.fromkeys(("environ", "argv", "getenv"), ENVIRONMENT),
    **dict.fromkeys(("exec_module", "load_module", "import_module", "unsafe_load"), CODE),
    **dict.fromkeys(("modules", "settrace", "setprofile", "_getframe", "f_globals", "f_back", "tb_frame"), INSIDE),
    **dict.fromkeys(("pluginmanager", "testsfailed", "shouldfail", "shouldstop", "exitstatus", "getplugin"), RUNNER),
    **dict.fromkeys(("wasSuccessful", "addoption", "getreports"), RUNNER),
    "_exit": ENDS,
}
"""Attributes of whatever object."""

HARMLESS_DUNDERS = frozenset(
    f"__{name}__"
    for name in [
        "init",
        "new",
        "post_init",
        "name",
        "doc",
        "all",
        "version",
        "repr",
        "str",
        "eq",
        "ne",
        "hash",
        "lt",
        "le",
        "gt",
        "ge",
        "bool",
        "len",
        "iter",
        "next",
        "contains",
        "getitem",
        "setitem",
        "delitem",
        "enter",
        "exit",
        "aenter",
        "aexit",
        "aiter",
        "anext",
        "call",
        "add",
        "sub",
        "mul",
        "truediv",
        "mod",
        "and",
        "or",
        "xor",
        "fspath",
        "slots",
        "annotations",
        "future",
        "main",
        "file",
        "class_getitem",
        "init_subclass",
        "set_name",
        "get",
        "set",
        "missing",
        "index",
        "int",
        "float",
        "bytes",
        "format",
        "copy",
        "deepcopy",
        "html",
        "module",
        "qualname",
    ]
)

INNER_DUNDERS = frozenset(
    f"__{name}__"
    for name in [
        "base",
        "bases",
        "builtins",
        "class",
        "closure",
        "code",
        "defaults",
        "dict",
        "func",
        "getattribute",
        "globals",
        "import",
        "kwdefaults",
        "loader",
        "mro",
        "objclass",
        "reduce",
        "reduce_ex",
        "self",
        "spec",
        "subclasses",
        "wrapped",
    ]
)
"""Ways from a value to the code, the module or the class behind it."""

SEEN = frozenset({ENVIRONMENT, CLOCK, RANDOM, INSIDE})
"""By these code can tell where and when it runs: each file has to have them itself."""

SUPPRESSIONS = (
    "nosec", "noqa", "type: ignore", "type:ignore", "pylint: disable", "pyright: ignore",
    "nosemgrep", "lgtm", "codeql", "skipcq", "NOSONAR", "mypy: ignore", "ruff: noqa", "flake8: noqa",
)  # fmt: skip
ONE_RULE = re.compile(r"(type|pyright): ?ignore(?=\[[\w, -]+\])")
"""Of a checker of types, with rules that it names: that says nothing of what the code does. They are searched too."""


def power_of(dotted: str) -> str | None:
    """Of a name with its module; None where nothing is known of it."""
    name = dotted
    while name:
        if name in POWERS:
            return POWERS[name]
        name = name.rpartition(".")[0]
    return None
