"""Servers that say what a script says."""

import socket
import subprocess
import threading

from .loopback import is_listening, wait_until


class Scripted:
    """A server for one connection that says one line after the other, whatever it hears.

    It waits for a line of the client's between two of its own. The line "..." is said by silence, "." by waiting for
    the end of a content; when there is no line left, the connection is closed.
    """

    def __init__(self, script):
        self.script = script
        self.lines = []
        self.received = threading.Event()
        self.is_over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb", buffering=0) as stream:
            try:
                self.converse(stream, stream)
            except OSError:
                pass

    def converse(self, output, lines):
        script = list(self.script)
        while script:
            if script[0] == "...":
                self.listen(lines)
                self.is_over.wait()
                return
            output.write(script.pop(0).encode() + b"\r\n")
            output.flush()
            if script and script[0] == ".":
                script.pop(0)
                while lines.readline() not in (b".\r\n", b""):
                    pass
            elif not script or script[0] != "...":
                self.listen(lines)

    def listen(self, lines):
        line = lines.readline()
        if line:
            self.lines.append(line)
            self.received.set()

    def stop(self):
        self.is_over.set()
        self.listener.close()
        self.thread.join(5)


class OpenSSLServer(Scripted):
    """The same, spoken through `openssl s_server`: TLS from the first byte, by OpenSSL's own program."""

    def __init__(self, script, certificate, key, options=()):
        self.certificate, self.key, self.options = certificate, key, list(options)
        self.process = None
        self.is_ready = threading.Event()
        super().__init__(script)
        self.is_ready.wait(10)
        wait_until(lambda: is_listening(self.port), 10)

    def serve(self):
        # The port that was found free is given up for s_server, which takes a number only.
        self.listener.close()
        self.process = subprocess.Popen(
            [
                "openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-naccept", "1", "-quiet",
                "-cert", self.certificate, "-key", self.key, *self.options,
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        self.is_ready.set()
        try:
            self.converse(self.process.stdin, self.process.stdout)
        except (OSError, ValueError):
            pass

    def stop(self):
        self.is_over.set()
        if self.process:
            self.process.kill()
        self.thread.join(5)
        if self.process:
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                try:
                    stream.close()
                except OSError:
                    pass
            self.process.wait(5)
