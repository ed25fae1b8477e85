"""sendmail: the one with DELIVERBY, and the strictest about line ends."""

import os
import shutil
import socket
import subprocess

from .base import Server, can_mount, find_program, unpacked
from .loopback import end_process, processes_in
from .replies import DOMAINS, RECIPIENTS

ROOT = unpacked("sendmail", "usr")

# Each message becomes a file of a maildir.
DELIVER = """#!/bin/sh
name=$(date +%s%N).$$
cat > {mail}/all/tmp/$name && mv {mail}/all/tmp/$name {mail}/all/new/$name
"""


class Sendmail(Server):
    """sendmail takes mail for any user of interop.test, and refuses some by name."""

    name = "sendmail"

    @classmethod
    def missing(cls):
        if os.geteuid() != 0:
            return "starting sendmail needs root"
        if not os.path.isdir(ROOT):
            return "sendmail is not unpacked: Scripts/install-servers does that"
        if not find_program("m4"):
            return "m4, which makes sendmail's configuration, is not installed"
        return None if can_mount() else "this system lets nobody mount what sendmail needs"

    def __init__(self, folder, authority):
        super().__init__(folder, authority)
        self.process = None
        for name in ("new", "tmp"):
            os.makedirs(self.path("mail", "all", name))
            os.chmod(self.path("mail", "all", name), 0o777)
        os.makedirs(self.path("queue"), mode=0o700)
        self.deliver = self.write("deliver", DELIVER.format(mail=self.mail), mode=0o755)
        # sendmail wants its key to be nobody else's.
        self.key = shutil.copy(authority.key("good"), self.path("key"))
        os.chmod(self.key, 0o600)
        self.write("local-host-names", "".join(f"{domain}\n" for domain in DOMAINS))
        # Where this host has no full name sendmail waits a minute before it starts; so it sees another /etc/hosts.
        self.write("hosts", f"127.0.0.1 {socket.gethostname()}.interop.test {socket.gethostname()} localhost\n")
        self.write("access", "".join(self.access(name, reply) for name, reply in RECIPIENTS.items()))
        self.write("aliases", "staff: fred, jones\n")
        self.write("sendmail.mc", self.macros())

    @staticmethod
    def access(name, reply):
        code, enhanced, text = reply.split(" ", 2)
        return f"To:{name}@interop.test\tERROR:{enhanced}:{code} {text}\n"

    def macros(self):
        folder, authority = self.folder, self.authority
        definitions = {
            "confDOMAIN_NAME": "sendmail.interop.test", "QUEUE_DIR": f"{folder}/queue", "confPID_FILE": f"{folder}/pid",
            "STATUS_FILE": f"{folder}/statistics", "confCW_FILE": f"{folder}/local-host-names",
            "confDEF_USER_ID": "nobody:nogroup", "confMAX_MESSAGE_SIZE": "6000000", "confTO_IDENT": "0",
            "confBAD_RCPT_THROTTLE": "0", "confCACERT": authority.certificate, "confSERVER_CERT": authority.pem("good"),
            "confCACERT_PATH": authority.folder, "confSERVER_KEY": self.key, "confTLS_SRV_OPTIONS": "V",
            "confDONT_BLAME_SENDMAIL": "TrustStickyBit", "confREFUSE_LA": "900", "confQUEUE_LA": "900",
            "confDELAY_LA": "900", "SMART_HOST": "local:nobody", "LOCAL_MAILER_PATH": self.deliver,
            "ALIAS_FILE": f"{folder}/aliases", "HELP_FILE": unpacked("sendmail", "etc", "mail", "helpfile"),
            "LOCAL_MAILER_ARGS": "deliver $u", "LOCAL_MAILER_FLAGS": "S9DFMn8", "LOCAL_MAILER_EOL": "\\n",
        }
        lines = [f"define(`{name}', `{value}')dnl" for name, value in definitions.items()]
        listeners = [f"Name={name}, Addr=127.0.0.1, Port={self.listen(name, name)}" for name in ("plain", "starttls")]
        listeners.append(f"Name=tls, Addr=127.0.0.1, Port={self.listen('tls', 'tls')}, M=s")
        access = f"access_db', `hash -T<TMPF> -o {folder}/access"
        features = ["no_default_msa", access, "blocklist_recipients", "delay_checks", "nocanonify"]
        features.append("accept_unresolvable_domains")
        return "\n".join([
            f"include(`{ROOT}/share/sendmail/cf/m4/cf.m4')dnl",
            "OSTYPE(`linux')dnl",
            *lines,
            "MODIFY_MAILER_FLAGS(`LOCAL', `-w5:/|')dnl",
            *(f"FEATURE(`{feature}')dnl" for feature in features),
            *(f"DAEMON_OPTIONS(`{listener}')dnl" for listener in listeners),
            "MAILER(`local')dnl",
            "MAILER(`smtp')dnl",
            "",
        ])

    def launch(self):
        configuration = subprocess.run(
            ["m4", f"-D_CF_DIR_={ROOT}/share/sendmail/cf/", self.path("sendmail.mc")],
            check=True, capture_output=True, text=True, timeout=60,
        ).stdout
        path = self.write("sendmail.cf", configuration)
        programs = os.path.join(ROOT, "libexec", "sendmail")
        with open(self.path("access"), encoding="utf-8") as access:
            command = [f"{programs}/makemap", "-C", path, "hash", self.path("access.db")]
            subprocess.run(command, stdin=access, check=True, capture_output=True, timeout=60)
        with open(self.path("mail.log"), "wb") as log:
            start = f"mount --bind {self.path('hosts')} /etc/hosts && "
            start += f"{programs}/sendmail -C{path} -bi && "
            start += f"exec {programs}/sendmail -C{path} -bD -X {self.path('dialogue')}"
            self.process = subprocess.Popen(
                ["unshare", "-m", "sh", "-c", start], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )

    def log(self):
        """What it said and heard: sendmail logs to syslog, which is the whole system's."""
        try:
            with open(self.path("dialogue"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def queue(self):
        return os.listdir(self.path("queue"))

    def accepted_in_log(self, recipient):
        return [f">>> {recipient['code']} {recipient['message']}"]

    def refused_in_log(self, recipient):
        return [f">>> {recipient['code']} {recipient['message']}"]

    def stop(self):
        if not self.process:
            return
        end_process(self.process.pid)
        self.process.wait(10)
        # Its children leave its process group, and keep its folder.
        for pid in processes_in(self.path("queue")):
            end_process(pid)
