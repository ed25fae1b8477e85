"""A large file goes in constant memory."""

import json
import os
import subprocess
import sys
import tempfile
import time

from harness import Suite
from servers.sink import Sink

# A program of little memory that runs another, and tells its exit code and its peak in KiB: a process inherits the peak
# of the one that starts it, and this one has held large messages.
METER = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
unit = 1024 if sys.platform == "darwin" else 1
print(json.dumps([code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // unit]))
"""

LINE = b"a line of a large message, and what else there is to say in it: nothing\n"


class Large(Suite):
    name = "large"

    # The octets of the message, in MiB: INTEROP_LARGE sets another size, 1024 for the whole gibioctet.
    size = int(os.environ.get("INTEROP_LARGE", "100")) << 20

    # The most memory that sending it may take, in KiB; a program that was built for debugging takes more for itself,
    # and then it is what a small message takes, and so much for the buffers.
    limit, buffers = 24 << 10, 2 << 10

    def set_up(self):
        self.folder = tempfile.TemporaryDirectory(prefix="swift-smtp-")
        self.path = os.path.join(self.folder.name, "message")
        block = LINE * ((1 << 20) // len(LINE))
        count = self.size // len(block)
        with open(self.path, "wb") as file:
            file.write(b"Subject: large\n\n")
            for _ in range(count):
                file.write(block)
        # Every line has one octet more on the wire.
        self.expected = len("Subject: large\r\n\r\n") + count * (len(block) + len(block) // len(LINE))

    def tear_down(self):
        self.folder.cleanup()

    def metered(self, options, path):
        """Sends a file to a sink; returns the sink, the exit code, the peak in KiB and the seconds."""
        sink = Sink()
        place = ["--host", "127.0.0.1", "--port", str(sink.port), "--security", "plain"]
        command = [sys.executable, "-S", "-c", METER, *self.sending([*place, *options, path])]
        start = time.monotonic()
        done = subprocess.run(command, capture_output=True, check=True, timeout=900)
        seconds = time.monotonic() - start
        sink.stop()
        return sink, *json.loads(done.stdout), seconds

    def test_memory(self):
        _, _, small, _ = self.metered(["--no-chunking"], os.devnull)
        for option, verb in (("--no-chunking", b"DATA"), ("--chunking", b"BDAT")):
            sink, code, peak, seconds = self.metered([option], self.path)
            what = f"{self.size >> 20} MiB by {verb.decode()}"
            self.check(what, code == 0 and verb in sink.verbs, (code, set(sink.verbs)))
            self.check(f"{what}, octets", sink.octets == self.expected, (sink.octets, self.expected))
            limit = max(self.limit, small + self.buffers)
            self.check(f"{what}, memory", peak < limit, f"{peak} KiB, and {small} KiB for nothing")
            figures = f"{seconds:.1f} s, with a peak of {peak / 1024:.1f} MiB ({small / 1024:.1f} for nothing)"
            print(f"{self.name}: {what} in {figures}", flush=True)
