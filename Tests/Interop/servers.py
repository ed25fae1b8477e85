"""Real mail servers for the tests: each on a free loopback port, with its own configuration and spool in a temporary
folder, stopped by process id. Nothing leaves the machine."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, seconds=20):
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
        services = [
            (f"127.0.0.1:{self.port}", "inet", "smtpd"), ("cleanup", "unix", "cleanup"), ("qmgr", "unix", "qmgr"),
            ("pickup", "unix", "pickup"), ("rewrite", "unix", "trivial-rewrite"), ("bounce", "unix", "bounce"),
            ("defer", "unix", "bounce"), ("trace", "unix", "bounce"), ("verify", "unix", "verify"),
            ("discard", "unix", "discard"), ("error", "unix", "error"), ("retry", "unix", "error"),
            ("virtual", "unix", "virtual"), ("anvil", "unix", "anvil"), ("scache", "unix", "scache"),
            ("proxymap", "unix", "proxymap"), ("postlog", "unix-dgram", "postlogd"), ("showq", "unix", "showq"),
            ("flush", "unix", "flush"),
        ]
        return "".join(
            f"{name} {kind} n {'n' if command in ('virtual', 'proxymap') or kind == 'inet' else '-'} n - - {command}\n"
            for name, kind, command in services
        )

    def run(self, verb):
        subprocess.run(
            ["/usr/sbin/postfix", "-c", os.path.join(self.folder, "etc"), verb],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )

    def delivered(self, count, seconds=20):
        """Waits for `count` messages, and returns them oldest first, without the header lines of the delivery."""
        new = os.path.join(self.mail, "all", "new")
        end = time.monotonic() + seconds
        names = []
        while time.monotonic() < end:
            names = os.listdir(new) if os.path.isdir(new) else []
            if len(names) >= count:
                break
            time.sleep(0.1)
        messages = []
        for name in sorted(names, key=lambda name: os.stat(os.path.join(new, name)).st_mtime_ns):
            with open(os.path.join(new, name), "rb") as file:
                messages.append(self.without_trace(file.read()))
            os.remove(os.path.join(new, name))
        return messages

    @staticmethod
    def without_trace(message):
        lines = message.split(b"\n")
        while lines and lines[0].startswith((b"Return-Path:", b"X-Original-To:", b"Delivered-To:", b"Received:", b"\t")):
            lines.pop(0)
        # A message without a header gets the fields it lacks, and the empty line behind them.
        while lines and lines[0].startswith((b"Message-Id:", b"Date:", b"From:")):
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
        self.process = subprocess.Popen([sys.executable, "-c", self.PROGRAM, self.mail, str(self.port)])
        wait_for(self.port)

    def delivered(self, count, seconds=20):
        end = time.monotonic() + seconds
        names = []
        while time.monotonic() < end:
            names = sorted(name for name in os.listdir(self.mail) if not name.endswith(".part"))
            if len(names) >= count:
                break
            time.sleep(0.1)
        messages = []
        for name in names:
            path = os.path.join(self.mail, name)
            with open(path, "rb") as file:
                messages.append(file.read().replace(b"\r\n", b"\n"))
            os.remove(path)
        return messages

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
