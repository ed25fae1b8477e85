"""What the servers have in common: listeners, files, a folder of delivered messages, a log."""

import glob
import os
import re
import shutil
import subprocess

from .loopback import free_port, wait_for, wait_until

# The header fields that a delivery puts in front; lines that begin with a tab or a blank continue them.
TRACE = (
    b"return-path:", b"x-original-to:", b"delivered-to:", b"received:", b"envelope-to:", b"delivery-date:", b"\t", b" ",
)


def find_program(name):
    return shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin")


def unpacked(*path):
    """A file of a server that Scripts/install-servers has unpacked."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
    return os.path.join(os.path.normpath(root), ".build", "servers", *path)


def can_mount():
    """Whether a process may have mounts that nobody else sees."""
    try:
        command = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except FileNotFoundError:
        return False


class Server:
    """A mail server. Messages are delivered to the folder `mail`, in files whose folder is called `new`."""

    name = None

    @classmethod
    def missing(cls):
        """Why the server cannot be started here, or None."""
        raise NotImplementedError

    def __init__(self, folder, authority):
        self.folder, self.authority = folder, authority
        self.listeners = {}
        self.mail = self.path("mail")
        os.makedirs(self.mail)
        for place in (folder, self.mail):
            os.chmod(place, 0o755)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def listen(self, name, security="plain"):
        """Chooses the port of a listener, by the security that a client needs there."""
        port = free_port()
        self.listeners[name] = (port, security)
        return port

    def port(self, name):
        return self.listeners[name][0]

    def place(self, name):
        """The options with which a tool finds a listener."""
        port, security = self.listeners[name]
        options = ["--host", "127.0.0.1", "--port", str(port), "--security", security, "--timeout", "60"]
        return options if security == "plain" else options + ["--ca-file", self.authority.certificate]

    def start(self):
        self.launch()
        for port, _ in self.listeners.values():
            wait_for(port)

    def launch(self):
        raise NotImplementedError

    def stop(self):
        raise NotImplementedError

    def names(self):
        names = glob.glob(os.path.join(self.mail, "**", "new", "*"), recursive=True)
        return sorted(names, key=lambda name: os.stat(name).st_mtime_ns)

    def take(self):
        """The messages that are there, with every line end the same; they are removed."""
        messages = []
        for name in self.names():
            with open(name, "rb") as file:
                messages.append(file.read().replace(b"\r\n", b"\n"))
            os.remove(name)
        return messages

    def delivered(self, count, seconds=20):
        """Waits for `count` messages; takes all there are, without the header lines of the delivery."""
        wait_until(lambda: len(self.names()) >= count, seconds)
        return [without_trace(message) for message in self.take()]

    def delivered_raw(self, count, seconds=20):
        """The same with those lines."""
        wait_until(lambda: len(self.names()) >= count, seconds)
        return self.take()

    def nothing_delivered(self):
        """What was delivered, once nothing more is under way."""
        wait_until(lambda: not self.queue(), 10)
        return self.delivered(0)

    def queue(self):
        """The messages that the server has taken and not delivered yet; none where it delivers before it replies."""
        return []

    @staticmethod
    def copies(recipients):
        """How many messages are delivered for so many recipients."""
        return recipients

    def log(self):
        try:
            with open(self.path("mail.log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def log_count(self, *words):
        """How many lines of the log have all these words."""
        return sum(all(word in line for word in words) for line in self.log().splitlines())

    def log_has(self, *words, more_than=0):
        """Whether there are more such lines than so many, or soon will be."""
        return wait_until(lambda: self.log_count(*words) > more_than, seconds=10)

    def accepted_in_log(self, recipient):
        """The words of the log's line for a recipient whom the tool reports as accepted."""
        raise NotImplementedError

    def authenticated_in_log(self, mechanism, user):
        """The words of the log's line for a session of this user's."""
        raise NotImplementedError

    def refused_in_log(self, recipient):
        """The words of the log's line for a refused one: the reply as it came."""
        return [f"{recipient['code']} {recipient['message']}"]


def without_trace(message):
    lines = message.split(b"\n")
    while lines and lines[0].lower().startswith(TRACE):
        lines.pop(0)
    return b"\n".join(lines)


def field(message, name):
    """The first value of a header field, unfolded."""
    header = re.sub(rb"\n[ \t]+", b" ", message.split(b"\n\n", 1)[0])
    found = re.search(rb"(?im)^" + re.escape(name.encode()) + rb":[ \t]*(.*)$", header)
    return found.group(1).decode("utf-8", "replace").strip() if found else None
