"""What is tried against each server. A further server or subject is one more class in SUITES."""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import traceback

from messages import MESSAGES, PLAIN, normal_form
from servers import Aiosmtpd, Postfix, Scripted


class Report:
    """Counts what passed, and prints what did not."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, what, is_right, detail=""):
        if is_right:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: {str(detail)[:600]}", flush=True)

    def skip(self, what, reason):
        self.skipped += 1
        print(f"skipped {what}: {reason}", flush=True)


class Result:
    """What the tool said and how it ended."""

    def __init__(self, code, output, errors, seconds):
        self.code, self.output, self.errors, self.seconds = code, output, errors, seconds
        try:
            self.json = json.loads(output)
        except ValueError:
            self.json = None

    @property
    def outcomes(self):
        return [recipient["outcome"] for recipient in self.json["recipients"]] if self.json else []

    @property
    def kind(self):
        error = self.json["error"] if self.json else None
        return error["kind"] if error else None

    def __str__(self):
        return f"exit code {self.code} after {self.seconds:.1f} s, {self.output!r} {self.errors!r}"


class Suite:
    """A subject: every method whose name begins with test_ is run, in the order they are written."""

    name = None

    def __init__(self, tool, report):
        self.tool, self.report = tool, report

    def missing(self):
        """Why the suite cannot run here, or None."""
        return None

    def run(self):
        reason = self.missing()
        if reason:
            self.report.skip(self.name, reason)
            return
        start, before = time.monotonic(), self.report.passed
        try:
            self.set_up()
            for test in [name for name in self.tests() if name.startswith("test_")]:
                try:
                    getattr(self, test)()
                except Exception:  # A test that breaks is one that failed; the others go on.
                    self.check(test, False, traceback.format_exc()[-600:])
        except Exception:
            self.check("set-up", False, traceback.format_exc()[-600:])
        finally:
            self.tear_down()
        print(f"{self.name}: {self.report.passed - before} passed in {time.monotonic() - start:.0f} s", flush=True)

    def tests(self):
        return list(dict.fromkeys(name for kind in reversed(type(self).__mro__) for name in vars(kind)))

    def set_up(self):
        pass

    def tear_down(self):
        pass

    def check(self, what, is_right, detail=""):
        self.report.check(f"{self.name}: {what}", is_right, detail)

    def command(self, options, recipients, sender="a@interop.test"):
        command = [self.tool, "--json", "--security", "plain", "--from", sender, *options]
        for recipient in recipients:
            command += ["--to", recipient]
        return command

    def tool_run(self, options, message=PLAIN, recipients=("b@interop.test",), sender="a@interop.test"):
        start = time.monotonic()
        done = subprocess.run(
            self.command(options, recipients, sender), input=message, capture_output=True, check=False, timeout=120
        )
        return Result(done.returncode, done.stdout, done.stderr, time.monotonic() - start)


class Delivery(Suite):
    """What is delivered equals what was sent, and what is refused is told; against one kind of server."""

    server_kind = None

    def missing(self):
        return self.server_kind.missing()

    def set_up(self):
        self.folder = tempfile.TemporaryDirectory(prefix="swift-smtp-")
        self.server = self.server_kind(self.folder.name)
        self.server.start()

    def tear_down(self):
        if os.environ.get("KEEP"):
            print(self.server.log())
        self.server.stop()
        self.folder.cleanup()

    def send(self, message=PLAIN, recipients=("b@interop.test",), options=(), sender="a@interop.test"):
        place = ["--host", "127.0.0.1", "--port", str(self.server.port), "--timeout", "30"]
        return self.tool_run([*place, *options], message, recipients, sender)

    def test_content(self):
        for name, message in MESSAGES.items():
            result = self.send(message)
            self.check(name, result.code == 0 and result.json["ok"], result)
            delivered = self.server.delivered(1)
            self.check(f"{name}, as delivered", delivered == [normal_form(message)], [d[:200] for d in delivered])

    def test_content_from_a_file(self):
        path = os.path.join(self.folder.name, "message")
        for name in ("dots", "8-bit", "no final line end"):
            with open(path, "wb") as file:
                file.write(MESSAGES[name])
            result = self.send(b"", options=[path])
            self.check(f"{name} from a file", result.code == 0, result)
            self.check(f"{name} from a file, as delivered", self.server.delivered(1) == [normal_form(MESSAGES[name])])

    def test_empty_message(self):
        result = self.send(b"")
        self.check("empty message", result.code == 0, result)
        # A server may add the fields that a header must have.
        added = re.compile(rb"(?:(?:Message-Id|Date|From|To): .*\n)*\n?")
        delivered = self.server.delivered(1)
        self.check("empty message, as delivered", len(delivered) == 1 and added.fullmatch(delivered[0]), delivered)

    def test_null_reverse_path(self):
        result = self.send(sender="")
        self.check("null reverse-path", result.code == 0, result)
        self.check("null reverse-path, as delivered", self.server.delivered(1) == [normal_form(PLAIN)])

    def test_several_recipients(self):
        recipients = [f"r{number}@interop.test" for number in range(20)]
        result = self.send(recipients=recipients)
        self.check("20 recipients", result.code == 0 and result.outcomes == ["accepted"] * 20, result)
        self.server.delivered(self.server.copies(20))

    def test_refusals(self):
        good, bad, later = "b@interop.test", "nosuch@interop.test", "tempfail@interop.test"
        cases = [
            ([good, bad], (), 69, ["accepted", "rejected"]),
            ([later, good], (), 75, ["rejected", "accepted"]),
            ([later, later], (), 75, ["rejected", "rejected"]),
            ([later, bad], (), 69, ["rejected", "rejected"]),
            ([good, bad], ("--all-or-nothing",), 69, ["not-attempted", "rejected"]),
        ]
        for recipients, options, code, outcomes in cases:
            what = f"{recipients} {options}"
            result = self.send(recipients=recipients, options=options)
            self.check(what, (result.code, result.outcomes) == (code, outcomes), result)
            count = outcomes.count("accepted")
            delivered = self.server.delivered(count) if count else self.server.nothing_delivered()
            self.check(f"{what}, as delivered", len(delivered) == count, delivered)

    def test_refused_content(self):
        result = self.send(b"Subject: reject\n\nx\n")
        self.check("refused content", (result.code, result.outcomes) == (69, ["rejected"]), result)
        self.check("refused content, as delivered", self.server.nothing_delivered() == [])


class PostfixDelivery(Delivery):
    name = "postfix"
    server_kind = Postfix


class AiosmtpdDelivery(Delivery):
    name = "aiosmtpd"
    server_kind = Aiosmtpd


class Failures(Suite):
    """Each way to fail has its exit code, within the time that was allowed; against scripts, so it runs anywhere."""

    name = "failures"
    seconds = 2

    def fails(self, what, options, code, kind, outcome="rejected", message=PLAIN):
        result = self.tool_run([*options, "--timeout", str(self.seconds)], message)
        is_right = (result.code, result.kind, result.json and result.json["outcome"]) == (code, kind, outcome)
        self.check(what, is_right, result)
        self.check(f"{what}, in time", result.seconds < self.seconds + 3, result)

    def at(self, *lines):
        server = Scripted(lines)
        return server, ["--host", "127.0.0.1", "--port", str(server.port)]

    def fails_at(self, what, lines, code, kind, outcome="rejected"):
        server, place = self.at(*lines)
        try:
            self.fails(what, place, code, kind, outcome)
        finally:
            server.stop()

    def test_connecting(self):
        # Bound and not listening, so that nobody else gets the port.
        with socket.socket() as dead:
            dead.bind(("127.0.0.1", 0))
            self.fails("dead port", ["--host", "127.0.0.1", "--port", str(dead.getsockname()[1])], 75, "connect")
        self.fails("unknown host", ["--host", "x" * 64 + ".invalid"], 68, "host-not-found")
        self.fails("missing file", ["/nosuch/file"], 66, "no-input")

    def test_servers_that_fail(self):
        hello = ["220 x", "250 x"]
        self.fails_at("554 greeting", ["554 no"], 69, "refused")
        self.fails_at("421 greeting", ["421 busy"], 75, "refused")
        self.fails_at("no SMTP", ["HTTP/1.1 400 Bad Request"], 76, "protocol")
        self.fails_at("530 to MAIL", [*hello, "530 5.7.0 login"], 77, "authentication")
        self.fails_at("closes after MAIL", hello, 75, "closed")
        self.fails_at("closes after the content", [*hello, "250 x", "250 x", "354 x", "."], 75, "closed", "unknown")

    def test_servers_that_stall(self):
        hello = ["220 x", "250 x"]
        self.fails_at("no greeting", ["..."], 75, "timeout")
        self.fails_at("no reply to MAIL", [*hello, "..."], 75, "timeout")
        self.fails_at("no reply to the content", [*hello, "250 x", "250 x", "354 x", ".", "..."], 75, "timeout", "unknown")

    def test_interrupt(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server, place = self.at("220 x", "...")
            process = subprocess.Popen(
                self.command([*place, "--timeout", "60"], ["b@interop.test"]),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            server.received.wait(30)
            process.send_signal(number)
            output, errors = process.communicate(timeout=30)
            result = Result(process.returncode, output, errors, 0)
            self.check(f"{number.name}", (result.code, result.kind) == (75, "cancelled"), result)
            server.stop()

    def test_closed_streams(self):
        # The connection gets none of the numbers 0 to 2, whatever the caller has closed.
        for closed, code in (("0<&-", 66), ("1>&-", 0), ("2>&-", 0), ("1>&- 2>&-", 0)):
            server, place = self.at("220 x", "250 x", "250 x", "250 x", "354 x", ".", "250 x", "221 x")
            command = " ".join(f"'{word}'" for word in self.command([*place, "--transcript"], ["b@interop.test"]))
            done = subprocess.run(["sh", "-c", f"{command} {closed}"], input=PLAIN, capture_output=True, check=False)
            server.stop()
            strange = [line for line in server.lines if not re.match(rb"(EHLO|MAIL|RCPT|DATA|QUIT)\b", line)]
            self.check(f"closed {closed}", done.returncode == code and not strange, (done, strange))


SUITES = [Failures, PostfixDelivery, AiosmtpdDelivery]
