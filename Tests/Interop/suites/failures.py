"""Each way to fail has its exit code, within the time that was allowed; against scripts, so it runs anywhere."""

import re
import signal
import socket
import subprocess

from harness import Result, Suite
from messages import PLAIN
from servers.scripted import Scripted

HELLO = ["220 x", "250 x"]


class Failures(Suite):
    name = "failures"
    seconds = 2

    def fails(self, what, options, code, kind, outcome="rejected"):
        command = self.sending(["--security", "plain", *options, "--timeout", str(self.seconds)])
        result = self.call(command, PLAIN)
        is_right = (result.code, result.kind, result.json and result.json["outcome"]) == (code, kind, outcome)
        self.check(what, is_right, result)
        self.check(f"{what}, in time", result.seconds < self.seconds + 8, result)

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
        self.fails_at("554 greeting", ["554 no"], 69, "refused")
        self.fails_at("421 greeting", ["421 busy"], 75, "refused")
        self.fails_at("no SMTP", ["HTTP/1.1 400 Bad Request"], 76, "protocol")
        self.fails_at("530 to MAIL", [*HELLO, "530 5.7.0 login"], 77, "authentication")
        self.fails_at("closes after MAIL", HELLO, 75, "closed")
        self.fails_at("closes after the content", [*HELLO, "250 x", "250 x", "354 x", "."], 75, "closed", "unknown")

    def test_servers_that_stall(self):
        envelope = [*HELLO, "250 x", "250 x", "354 x", "."]
        self.fails_at("no greeting", ["..."], 75, "timeout")
        self.fails_at("no reply to MAIL", [*HELLO, "..."], 75, "timeout")
        self.fails_at("no reply to the content", [*envelope, "..."], 75, "timeout", "unknown")

    def test_interrupt(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server, place = self.at("220 x", "...")
            process = subprocess.Popen(
                self.sending(["--security", "plain", *place, "--timeout", "60"]),
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
            words = self.sending(["--security", "plain", *place, "--transcript"])
            command = " ".join(f"'{word}'" for word in words)
            done = subprocess.run(["sh", "-c", f"{command} {closed}"], input=PLAIN, capture_output=True, check=False)
            server.stop()
            strange = [line for line in server.lines if not re.match(rb"(EHLO|MAIL|RCPT|DATA|QUIT)\b", line)]
            self.check(f"closed {closed}", done.returncode == code and not strange, (done, strange))
