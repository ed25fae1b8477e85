"""Real mail servers for the tests: each on a free loopback port, with its own configuration and spool in a temporary
folder, stopped by process id. Nothing leaves the machine."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
import threading
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds):
    """Asks until `condition` returns something, or the time is over; returns its last answer."""
    end = time.monotonic() + seconds
    answer = condition()
    while not answer and time.monotonic() < end:
        time.sleep(0.05)
        answer = condition()
    return answer


def wait_for(port, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                if connection.recv(3):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"no server on port {port}")


def take(paths):
    """Reads files and removes them."""
    contents = []
    for path in paths:
        with open(path, "rb") as file:
            contents.append(file.read())
        os.remove(path)
    return contents


class Postfix:
    """One smtpd that takes mail for any user of interop.test, and refuses some by name."""

    name = "Postfix"

    @staticmethod
    def missing():
        if os.geteuid() != 0:
            return "starting Postfix needs root"
        return None if shutil.which("postfix", path="/usr/sbin:/sbin:/usr/bin") else "postfix is not installed"

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.mail = os.path.join(folder, "mail")
        for name in ("etc", "queue", "data", "mail"):
            os.makedirs(os.path.join(folder, name))
        os.chmod(folder, 0o755)
        user = pwd.getpwnam("postfix")
        os.chown(os.path.join(folder, "data"), user.pw_uid, -1)
        nobody = pwd.getpwnam("nobody")
        os.chown(self.mail, nobody.pw_uid, nobody.pw_gid)
        self.write("main.cf", self.main_cf(nobody))
        self.write("master.cf", self.master_cf())
        self.write("recipients", "/^nosuch@/ 550 5.1.1 No such user\n/^tempfail@/ 450 4.2.0 Come back later\n")
        self.write("headers", "/^Subject: reject/ REJECT Content rejected\n")

    def start(self):
        self.run("start")
        wait_for(self.port)

    def write(self, name, text):
        with open(os.path.join(self.folder, "etc", name), "w", encoding="utf-8") as file:
            file.write(text)

    def main_cf(self, nobody):
        folder = self.folder
        return f"""compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = {grp.getgrnam("postdrop").gr_name}
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = postfix.interop.test
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
default_transport = discard:
relay_transport = discard:
disable_dns_lookups = yes
virtual_mailbox_domains = interop.test
virtual_mailbox_base = {self.mail}
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{nobody.pw_uid}
virtual_gid_maps = static:{nobody.pw_gid}
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
mailbox_size_limit = 0
message_size_limit = 50000000
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/etc/recipients
smtpd_relay_restrictions = reject_unauth_destination
header_checks = regexp:{folder}/etc/headers
"""

    def master_cf(self):
        public = ["cleanup", "qmgr", "pickup", "showq", "flush"]
        private = {
            "rewrite": "trivial-rewrite", "bounce": "bounce", "defer": "bounce", "trace": "bounce", "verify": "verify",
            "discard": "discard", "error": "error", "retry": "error", "virtual": "virtual", "anvil": "anvil",
            "scache": "scache", "proxymap": "proxymap",
        }
        lines = [f"127.0.0.1:{self.port} inet n - n - - smtpd", "postlog unix-dgram n - n - 1 postlogd"]
        lines += [f"{name} unix n - n {300 if name == 'qmgr' else '-'} 1 {name}" for name in public if name != "cleanup"]
        lines += ["cleanup unix n - n - 0 cleanup"]
        for name, command in private.items():
            unprivileged = "n" if command == "virtual" else "-"
            lines.append(f"{name} unix - {unprivileged} n - {1 if name in ('anvil', 'verify', 'scache') else '-'} {command}")
        return "\n".join(lines) + "\n"

    def run(self, verb):
        subprocess.run(
            ["/usr/sbin/postfix", "-c", os.path.join(self.folder, "etc"), verb],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )

    def names(self):
        new = os.path.join(self.mail, "all", "new")
        names = [os.path.join(new, name) for name in os.listdir(new)] if os.path.isdir(new) else []
        return sorted(names, key=lambda name: os.stat(name).st_mtime_ns)

    def delivered(self, count, seconds=60):
        """Waits for `count` messages; returns and removes all there are, without the header lines of the delivery."""
        wait_until(lambda: len(self.names()) >= count, seconds)
        return [self.without_trace(message) for message in take(self.names())]

    def nothing_delivered(self):
        """What was delivered, once nothing more is under way."""
        wait_until(lambda: not self.queue(), 30)
        return self.delivered(0)

    def queue(self):
        """The messages that Postfix has taken and not delivered yet."""
        folders = [os.path.join(self.folder, "queue", name) for name in ("maildrop", "incoming", "active")]
        return [name for folder in folders for _, _, names in os.walk(folder) for name in names]

    @staticmethod
    def copies(recipients):
        return recipients

    def log(self):
        with open(os.path.join(self.folder, "mail.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    @staticmethod
    def without_trace(message):
        lines = message.split(b"\n")
        while lines and lines[0].startswith((b"Return-Path:", b"X-Original-To:", b"Delivered-To:", b"Received:", b"\t")):
            lines.pop(0)
        return b"\n".join(lines)

    def stop(self):
        try:
            self.run("stop")
        except subprocess.CalledProcessError:
            pass


class Aiosmtpd:
    """Python's aiosmtpd, which keeps the octets of the content as they came."""

    name = "aiosmtpd"

    @staticmethod
    def missing():
        found = subprocess.run([sys.executable, "-c", "import aiosmtpd"], stderr=subprocess.DEVNULL, check=False)
        return None if found.returncode == 0 else "aiosmtpd is not installed"

    PROGRAM = """
import asyncio, sys, os
from aiosmtpd.smtp import SMTP
folder, port = sys.argv[1], int(sys.argv[2])
class Handler:
    count = 0
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nosuch@"):
            return "550 5.1.1 No such user"
        if address.startswith("tempfail@"):
            return "450 4.2.0 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        if envelope.original_content.startswith(b"Subject: reject"):
            return "550 5.7.1 Content rejected"
        name = os.path.join(folder, f"{Handler.count:06}")
        with open(name + ".part", "wb") as file:
            file.write(envelope.original_content)
        os.rename(name + ".part", name)
        Handler.count += 1
        return "250 2.0.0 Taken"
async def main():
    loop = asyncio.get_running_loop()
    make = lambda: SMTP(Handler(), decode_data=False, enable_SMTPUTF8=True, data_size_limit=50000000)
    server = await loop.create_server(make, "127.0.0.1", port)
    await server.serve_forever()
asyncio.run(main())
"""

    def __init__(self, folder):
        self.mail = os.path.join(folder, "mail")
        os.makedirs(self.mail)
        self.port = free_port()
        self.process = None

    def start(self):
        self.process = subprocess.Popen([sys.executable, "-c", self.PROGRAM, self.mail, str(self.port)])
        wait_for(self.port)

    def names(self):
        return sorted(os.path.join(self.mail, name) for name in os.listdir(self.mail) if not name.endswith(".part"))

    def delivered(self, count, seconds=60):
        wait_until(lambda: len(self.names()) >= count, seconds)
        return [message.replace(b"\r\n", b"\n") for message in take(self.names())]

    def nothing_delivered(self):
        # A message is stored before its reply, so there is nothing to wait for.
        return self.delivered(0)

    @staticmethod
    def copies(recipients):
        return 1

    def log(self):
        return ""

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)


class Scripted:
    """A server for one connection that says one line after the other, whatever it hears.

    It waits for a line of the client's between two of its own. The line "..." is said by silence, "." by waiting for the
    end of a content; when there is no line left, the connection is closed.
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
        with connection, connection.makefile("rb") as lines:
            try:
                self.converse(connection, lines)
            except OSError:
                pass

    def converse(self, connection, lines):
        script = list(self.script)
        while script:
            if script[0] == "...":
                self.listen(lines)
                self.is_over.wait()
                return
            connection.sendall(script.pop(0).encode() + b"\r\n")
            if script and script[0] == ".":
                script.pop(0)
                while lines.readline() not in (b".\r\n", b""):
                    pass
            elif script and script[0] != "...":
                self.listen(lines)
            elif not script:
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
