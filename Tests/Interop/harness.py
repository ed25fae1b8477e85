"""Suites, checks and the programs under test."""

import json
import os
import subprocess
import tempfile
import threading
import time
import traceback

from messages import PLAIN
from servers.loopback import end_process, processes_in, wait_until


class Cancelled(Exception):
    """The run is to end, and its servers with it."""


class Report:
    """Counts what passed, and prints what did not; suites that run at the same time share it."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()
        self.is_cancelled = False

    def check(self, what, is_right, detail=""):
        with self.lock:
            if is_right:
                self.passed += 1
            else:
                self.failed += 1
                print(f"FAILED {what}: {str(detail)[:1000]}", flush=True)

    def skip(self, what, reason):
        with self.lock:
            self.skipped += 1
            print(f"skipped {what}: {reason}", flush=True)

    def cancel(self):
        """No more programs are run, so every suite ends soon."""
        self.is_cancelled = True


class Result:
    """What a program said and how it ended."""

    def __init__(self, code, output, errors, seconds):
        self.code, self.output, self.errors, self.seconds = code, output, errors, seconds
        try:
            self.json = json.loads(output)
        except ValueError:
            self.json = None

    @property
    def is_ok(self):
        return self.code == 0 and bool(self.json) and self.json["ok"]

    @property
    def recipients(self):
        return self.json["recipients"] if self.json else []

    @property
    def outcomes(self):
        return [recipient["outcome"] for recipient in self.recipients]

    @property
    def error(self):
        return (self.json and self.json["error"]) or {}

    @property
    def kind(self):
        return self.error.get("kind")

    @property
    def message(self):
        return self.error.get("message") or ""

    def __str__(self):
        return f"exit code {self.code} after {self.seconds:.1f} s, {self.output!r} {self.errors!r}"


class Suite:
    """A subject: every method whose name begins with test_ is run, in the order they are written."""

    name = None

    # Options that every call of a tool has.
    dialect = ()

    def __init__(self, tools, authority, report):
        self.tools, self.authority, self.report = tools, authority, report
        self.passed = 0

    def missing(self):
        """Why the suite cannot run here, or None."""
        return None

    def run(self):
        if self.report.is_cancelled:
            return
        reason = self.missing()
        if reason:
            self.report.skip(self.name, reason)
            return
        start = time.monotonic()
        try:
            self.set_up()
            for test in self.tests():
                self.run_test(test)
        except Cancelled:
            pass
        except Exception:
            self.check("set-up", False, traceback.format_exc()[-1000:])
        finally:
            self.tear_down()
        print(f"{self.name}: {self.passed} passed in {time.monotonic() - start:.0f} s", flush=True)

    def run_test(self, name):
        try:
            getattr(self, name)()
        except Cancelled:
            raise
        except Exception:  # A test that breaks is one that failed; the others go on.
            self.check(name, False, traceback.format_exc()[-1000:])

    def tests(self):
        names = dict.fromkeys(name for kind in reversed(type(self).__mro__) for name in vars(kind))
        return [name for name in names if name.startswith("test_")]

    def set_up(self):
        pass

    def tear_down(self):
        pass

    def check(self, what, is_right, detail=""):
        self.passed += bool(is_right)
        self.report.check(f"{self.name}: {what}", is_right, detail)

    def tool(self, name):
        return os.path.join(self.tools, name)

    def call(self, command, message=b"", environment=None, seconds=240):
        if self.report.is_cancelled:
            raise Cancelled
        start = time.monotonic()
        done = subprocess.run(
            command, input=message, capture_output=True, check=False, timeout=seconds,
            env={**os.environ, **(environment or {})},
        )
        return Result(done.returncode, done.stdout, done.stderr, time.monotonic() - start)

    def sending(self, options, recipients=("b@interop.test",), sender="a@interop.test"):
        """The command line that sends."""
        to = [word for recipient in recipients for word in ("--to", recipient)]
        return [self.tool("smtp-send"), "--json", *self.dialect, "--from", sender, *options, *to]


class ServerSuite(Suite):
    """A suite against one server, which is started before it and stopped after it, whatever happens."""

    server_kind = None
    server = None

    def missing(self):
        return self.server_kind.missing()

    def set_up(self):
        self.folder = tempfile.TemporaryDirectory(prefix="swift-smtp-")
        self.server = self.make_server()
        self.server.start()

    def make_server(self):
        folder = os.path.join(self.folder.name, self.server_kind.name)
        os.chmod(self.folder.name, 0o755)
        os.mkdir(folder)
        return self.server_kind(folder, self.authority)

    def tear_down(self):
        try:
            if os.environ.get("KEEP") and self.server:
                print(self.server.log())
            self.stop_servers()
        finally:
            wait_until(lambda: not processes_in(self.folder.name), 10)
            left = processes_in(self.folder.name)
            self.check("nothing is left running", not left, left)
            for pid in left:
                end_process(pid)
            self.folder.cleanup()

    def stop_servers(self):
        if self.server:
            self.server.stop()

    def send(
        self, message=PLAIN, recipients=("b@interop.test",), options=(), sender="a@interop.test", at="plain",
        environment=None,
    ):
        """Runs smtp-send on a listener of the server's."""
        options = [*self.server.place(at), *options]
        return self.call(self.sending(options, recipients, sender), message, environment)

    def probe(self, at, *options):
        return self.call([self.tool("smtp-probe"), "--json", *self.dialect, *self.server.place(at), *options])

    def agrees(self, result):
        """The recipients whose outcome the server's log does not confirm."""
        strange = []
        for recipient in result.recipients:
            if recipient["outcome"] == "accepted":
                words = self.server.accepted_in_log(recipient)
            elif recipient["outcome"] == "rejected":
                words = self.server.refused_in_log(recipient)
            else:
                continue
            if not self.server.log_has(*words):
                strange.append(words)
        return strange
