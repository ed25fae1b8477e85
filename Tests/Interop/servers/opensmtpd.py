"""OpenSMTPD, which knows no pipelining. The TLS of Debian 12's fails with every client: it is tried in clear."""

import os
import pwd
import shutil
import subprocess

from .base import Server, can_mount, unpacked
from .loopback import end_process
from .replies import CLOSING, DOMAINS, RECIPIENTS, SENDERS

ROOT = unpacked("opensmtpd")

# The paths that are compiled in are mounted where nobody but the server sees them.
MOUNTS = """set -e
mount -t tmpfs tmpfs /usr/libexec
mkdir /usr/libexec/opensmtpd
mount --bind {root}/usr/libexec/opensmtpd /usr/libexec/opensmtpd
mount -t tmpfs tmpfs /var/spool
mkdir /var/spool/smtpd
mount --bind {folder}/spool /var/spool/smtpd
mount -t tmpfs tmpfs /var/lib
mkdir -p /var/lib/opensmtpd/empty
mount -t tmpfs tmpfs /run
exec {root}/usr/sbin/smtpd -d -f {folder}/smtpd.conf
"""


class OpenSMTPD(Server):
    """OpenSMTPD takes mail for any user of interop.test, and refuses some by name."""

    name = "OpenSMTPD"

    @classmethod
    def missing(cls):
        if os.geteuid() != 0:
            return "starting OpenSMTPD needs root"
        if not os.path.isdir(ROOT):
            return "opensmtpd is not unpacked: Scripts/install-servers does that"
        return None if can_mount() else "this system lets nobody mount what OpenSMTPD needs"

    def __init__(self, folder, authority):
        super().__init__(folder, authority)
        os.chown(self.mail, pwd.getpwnam("nobody").pw_uid, -1)
        os.makedirs(self.path("spool"))
        os.chmod(self.path("spool"), 0o711)
        # Its children give up their rights and must still find their program.
        self.root = shutil.copytree(ROOT, self.path("opensmtpd"), ignore=shutil.ignore_patterns("share"))
        self.write("smtpd.conf", self.configuration())
        self.process = None

    def configuration(self):
        filters = []
        for phase, table in (("rcpt-to", RECIPIENTS), ("mail-from", SENDERS)):
            for name, reply in table.items():
                filters.append((name, f'phase {phase} match {phase} regex "^<?{name}@" reject "{reply}"'))
        for name, reply in CLOSING.items():
            filters.append((name, f'phase rcpt-to match rcpt-to regex "^<?{name}@" disconnect "{reply}"'))
        lines = "".join(f"filter {name} {rule}\n" for name, rule in filters)
        return f"""{lines}filter all chain {{ {", ".join(name for name, _ in filters)} }}
smtp max-message-size 6000000
listen on 127.0.0.1 port {self.listen("plain")} hostname opensmtpd.interop.test filter all
table users {{ "@" = nobody }}
action "maildir" maildir "{self.mail}/all" virtual <users>
match from any for domain {{ {", ".join(f'"{domain}"' for domain in DOMAINS)} }} action "maildir"
"""

    def launch(self):
        with open(self.path("mail.log"), "wb") as log:
            self.process = subprocess.Popen(
                ["unshare", "-m", "sh", "-c", MOUNTS.format(root=self.root, folder=self.folder)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )

    def queue(self):
        return [name for _, _, names in os.walk(self.path("spool", "queue")) for name in names]

    def accepted_in_log(self, recipient):
        # "2.0.0 1a2b3c4d Message accepted for delivery", and the envelope's identifier begins with the message's.
        return [f"evpid={recipient['message'].split()[1]}", f"rcpt=<{recipient['address']}>", "stat=Delivered"]

    def refused_in_log(self, recipient):
        return [f'result="{recipient["code"]} {recipient["message"]}"']

    def stop(self):
        if self.process:
            end_process(self.process.pid)
            self.process.wait(10)
