"""The programs that take part: how each is built or found, and its command line."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = HERE.parent / ".build" / "versus"
HEADER = (
    "From: <sender@bench.example>\r\nTo: <rcpt0@bench.example>\r\nSubject: bench\r\n"
    "Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nMessage-ID: <bench@bench.example>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
)
LONGEST_BUILD = 120
TOOL = ["--package-path", str(ROOT / "Examples"), "-c", "release", "--product", "smtp-load"]


def message(size, is_dotted):
    """A message whose body has `size` octets in lines of 78, as smtp-load makes it."""
    letters = ("abcdefghijklmnopqrstuvwxyz" * 3)[:76]
    line = ("." + letters[1:] if is_dotted else letters) + "\r\n"
    rest = size % 78
    return HEADER + line * (size // 78) + ("x" * (rest - 2) + "\r\n" if rest >= 2 else "")


class Missing(Exception):
    """A peer that cannot run here, and why."""


def build(command, needs):
    if not shutil.which(command[0]):
        raise Missing(f"{command[0]} is not installed")
    # In a session of its own, so that what it started ends with it: a Go compiler was seen to spin for ever.
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        process.wait(timeout=LONGEST_BUILD)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise Missing(f"its build was not over after {LONGEST_BUILD} s") from None
    if process.returncode != 0:
        raise Missing(f"it does not build ({needs})")


def c_program(name, sources, *libraries):
    paths = [str(path) for path in sorted(HERE.glob(sources))]
    build(["cc", "-O2", "-o", str(OUT / name), *paths, *libraries], "a header or library is missing")
    return str(OUT / name)


def smtp_load():
    print("Building smtp-load (release) …", file=sys.stderr)
    if subprocess.run(["swift", "build", *TOOL], stdout=sys.stderr).returncode != 0:
        sys.exit("smtp-load does not build")
    show = ["swift", "build", *TOOL, "--show-bin-path"]
    return subprocess.run(show, capture_output=True, text=True, check=True).stdout.strip() + "/smtp-load"


def postfix(name):
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/usr/lib/postfix/sbin")
    if not path:
        raise Missing("Postfix is not installed")
    return path


def python(name, module=None):
    if module and subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode != 0:
        raise Missing(f"{module} is not installed (pip install {module})")
    return str(HERE / "peers" / name)


def go():
    build(["go", "build", "-o", str(OUT / "netsmtp"), str(HERE / "peers" / "netsmtp.go")], "Go is too old")
    return str(OUT / "netsmtp")


def certificate():
    """A self-signed certificate for 127.0.0.1, and its key."""
    paths = [str(OUT / "certificate.pem"), str(OUT / "key.pem")]
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1],
        ],
        check=True,
        capture_output=True,
    )
    return paths


class Programs:
    """Those that are here, and the files they send."""

    def __init__(self, folder, tool=None):
        OUT.mkdir(parents=True, exist_ok=True)
        self.measure = c_program("measure", "measure.c")
        self.sink = c_program("sink", "sink/*.c", "-lssl", "-lcrypto")
        self.certificate, self.key = certificate()
        self.paths = {"C": c_program("client", "client.c"), "ours": tool or smtp_load()}
        peers = {
            "smtp-source": lambda: postfix("smtp-source"),
            "libcurl": lambda: c_program("curl", "peers/curl.c", "-lcurl"),
            "Go": go,
            "smtplib": lambda: python("smtplib_client.py"),
            "aiosmtplib": lambda: python("aiosmtplib_client.py", "aiosmtplib"),
        }
        for name, find in peers.items():
            try:
                self.paths[name] = find()
            except Missing as reason:
                print(f"skipped: {name}: {reason}", file=sys.stderr)
        self.folder = pathlib.Path(folder)

    def file(self, work, form="crlf"):
        """The message as the others send it (crlf), as smtp-source reads it (lf), or as smtp-source sends it (source)."""
        path = self.folder / f"{work.size}{'-dotted' if work.is_dotted else ''}-{form}"
        if not path.exists():
            text = message(work.size, work.is_dotted)
            # smtp-source puts in the CR itself, and always an empty line at the end.
            text = {"crlf": text, "lf": text.replace("\r\n", "\n")[:-1], "source": text + "\r\n"}[form]
            path.write_text(text, newline="")
        return str(path)

    def command(self, client, work, port):
        """The command line of a client that is to do a work."""
        path, ca = self.file(work), self.certificate if work.has_tls else "-"
        executable, messages = self.paths[client.program], str(client.messages)
        if client.program == "ours":
            return [executable, *self.tool_options(work, port), "--messages", messages, *client.options]
        if client.program == "C":
            return [executable, port, path, messages, *client.options]
        if client.program == "smtp-source":
            # It names each message in the header unless it is given a file. With -d it keeps its connections.
            addresses = ["-f", "sender@bench.example", "-t", "rcpt0@bench.example", "-r", str(work.recipients)]
            keeps = [] if work.session == 1 else ["-d"]
            count = ["-s", str(work.connections), "-m", messages]
            return [executable, *keeps, *count, "-F", self.file(work, "lf"), *addresses, f"127.0.0.1:{port}"]
        arguments = [port, path, messages, str(work.recipients), ca]
        if client.program == "Go":
            arguments += [str(work.connections), str(work.session or client.messages)]
        return [*([sys.executable] if executable.endswith(".py") else []), executable, *arguments]

    def tool_options(self, work, port):
        options = ["--host", "127.0.0.1", "--port", port, "--size", str(work.size)]
        options += ["--connections", str(work.connections), "--recipients", str(work.recipients)]
        options += ["--tls", "implicit", "--ca", self.certificate] if work.has_tls else []
        options += ["--messages-per-connection", str(work.session)] if work.session else []
        return options + (["--dots"] if work.is_dotted else [])
