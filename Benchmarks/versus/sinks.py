"""The servers that the clients send to."""
import json
import signal
import socket
import subprocess
import time


class OwnSink:
    """Ours, which compares what it gets with what it should get."""

    def __init__(self, programs, work, client):
        expected = programs.file(work, "source" if client.program == "smtp-source" else "crlf")
        command = [programs.sink, "--offer", work.offer, "--delay", str(work.delay), "--expect", expected]
        command += ["--recipients", str(work.recipients)]
        if work.has_tls:
            command += ["--certificate", programs.certificate, "--key", programs.key, "--implicit"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    @staticmethod
    def can_do(work, client):
        return True

    def complaint(self, client):
        """What was wrong with what came, if anything was."""
        self.process.send_signal(signal.SIGTERM)
        seen = json.loads(self.process.stdout.readline())
        is_right = seen["messages"] == client.messages and seen["wrong"] == 0
        return None if is_right else f"the sink saw {seen}"

    def stop(self):
        self.process.kill()
        self.process.wait()


class PostfixSink:
    """Postfix's smtp-sink: in clear, without CHUNKING, at once, and whatever comes is right."""

    def __init__(self, programs, work, client):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        command = [programs.postfix_sink, "-u", "nobody", f"127.0.0.1:{self.port}", "1024"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(self.port))) == 0:
                    return
            time.sleep(0.05)

    @staticmethod
    def can_do(work, client):
        return not work.has_tls and work.delay == 0 and "--chunking" not in client.options and client.program != "C"

    def complaint(self, client):
        return None

    def stop(self):
        self.process.kill()
        self.process.wait()
