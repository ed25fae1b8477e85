"""Postfix: many listeners of one instance, each with another configuration."""

import grp
import os
import pwd
import subprocess

from .base import Server, find_program
from .dovecot import Dovecot
from .loopback import end_process, read_pid
from .replies import CLOSING, CONTENT, DOMAINS, RECIPIENTS, REFUSED_MESSAGE, REFUSED_NUMBER, SENDERS

SUBMISSION = ["smtpd_sasl_auth_enable=yes", "smtpd_relay_restrictions=permit_sasl_authenticated,reject"]
STARTTLS = ["smtpd_tls_security_level=may"]
CYRUS = ["smtpd_sasl_type=cyrus", "smtpd_sasl_path=smtpd"]

# No extension at all: EHLO is answered by one line.
ALL_EXTENSIONS = "pipelining,chunking,dsn,8bitmime,smtputf8,starttls,size,etrn,vrfy,enhancedstatuscodes,silent-discard"


class Postfix(Server):
    """Postfix takes mail for any user of interop.test, refuses some by name, and bounces what is for `bounced`."""

    name = "Postfix"
    users = {"alice": "wonderland", "bob": 'pä ss"w\\örd=,', "we=ird,user": "pencil"}

    @classmethod
    def missing(cls):
        if os.geteuid() != 0:
            return "starting Postfix needs root"
        return None if find_program("postfix") else "postfix is not installed"

    def __init__(self, folder, authority):
        super().__init__(folder, authority)
        for name in ("etc", "queue", "data"):
            os.makedirs(self.path(name))
        self.owner = pwd.getpwnam("nobody")
        os.chown(self.path("data"), pwd.getpwnam("postfix").pw_uid, -1)
        os.chown(self.mail, self.owner.pw_uid, self.owner.pw_gid)
        # Dovecot knows the passwords.
        self.dovecot = None if Dovecot.missing() else Dovecot(self.path("dovecot"), authority)
        self.has_cyrus = find_program("saslpasswd2") is not None
        services = self.services()
        self.write("etc/main.cf", self.main_cf())
        self.write("etc/master.cf", self.master_cf(services))
        self.write_tables()
        if self.has_cyrus:
            self.write_passwords()

    def services(self):
        """The listeners: name, the security a client needs, and what is set apart from main.cf."""
        relay = ["smtpd_authorized_xclient_hosts=127.0.0.0/8", "smtpd_authorized_xforward_hosts=127.0.0.0/8"]
        relay.append("mynetworks=127.0.0.0/8")
        known = f"relay_clientcerts=inline:{{{{{self.authority.fingerprint('client')}=alice}}}}"
        mutual = ["smtpd_tls_req_ccert=yes", f"smtpd_tls_CAfile={self.authority.certificate}", known]
        mutual += ["smtpd_tls_security_level=encrypt", "smtpd_relay_restrictions=permit_tls_clientcerts,reject"]
        services = [
            ("plain", "plain", []),
            ("starttls", "starttls", STARTTLS),
            ("tls", "tls", ["smtpd_tls_wrappermode=yes"]),
            ("strict", "plain", ["smtpd_forbid_unauth_pipelining=yes"]),
            ("bare", "plain", [f"smtpd_discard_ehlo_keywords={ALL_EXTENSIONS}"]),
            ("few recipients", "plain", ["smtpd_recipient_limit=5", "smtpd_recipient_overshoot_limit=100"]),
            ("at once", "plain", ["smtpd_delay_reject=no"]),
            ("relay", "plain", relay),
            ("client certificate", "starttls", mutual),
            ("client certificate, tls", "tls", [*mutual, "smtpd_tls_wrappermode=yes"]),
        ]
        for name, versions in (("1.2", "<=TLSv1.2"), ("1.3", ">=TLSv1.3")):
            options = [f"smtpd_tls_protocols={versions}", f"smtpd_tls_mandatory_protocols={versions}"]
            services.append((f"TLS {name}", "starttls", [*STARTTLS, *options]))
            services.append((f"TLS {name}, tls", "tls", ["smtpd_tls_wrappermode=yes", *options]))
        for name in ("chained", "rsa", "expired", "not-yet", "wrong-host", "self-signed"):
            files = f"smtpd_tls_chain_files={self.authority.key(name)},{self.authority.pem(name)}"
            services.append((name, "starttls", [*STARTTLS, files]))
            services.append((f"{name}, tls", "tls", ["smtpd_tls_wrappermode=yes", files]))
        if self.dovecot:
            services.append(("submission", "starttls", [*STARTTLS, *SUBMISSION]))
            services.append(("submissions", "tls", ["smtpd_tls_wrappermode=yes", *SUBMISSION]))
        if self.has_cyrus:
            services.append(("cyrus", "starttls", [*STARTTLS, *SUBMISSION, *CYRUS]))
        return services

    def main_cf(self):
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
mynetworks = 192.0.2.1
alias_maps =
alias_database =
default_transport = discard:
relay_transport = discard:
disable_dns_lookups = yes
virtual_mailbox_domains = {", ".join(DOMAINS)}
virtual_mailbox_base = {self.mail}
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{self.owner.pw_uid}
virtual_gid_maps = static:{self.owner.pw_gid}
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
mailbox_size_limit = 0
message_size_limit = 6000000
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/etc/recipients
smtpd_relay_restrictions = reject_unauth_destination
smtpd_sender_restrictions = check_sender_access regexp:{folder}/etc/senders
smtpd_data_restrictions = check_sender_access regexp:{folder}/etc/data
smtpd_end_of_data_restrictions = check_sender_access regexp:{folder}/etc/end-of-data
fast_flush_domains = {DOMAINS[0]}
transport_maps = inline:{{{{bounced@interop.test=gone:}}}}
header_checks = regexp:{folder}/etc/headers
smtpd_tls_security_level = none
smtpd_tls_chain_files = {self.authority.key("good")},{self.authority.pem("good")}
smtpd_tls_loglevel = 1
smtpd_tls_fingerprint_digest = sha256
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {self.dovecot.auth_socket if self.dovecot else "none"}
cyrus_sasl_config_path = {folder}/etc/sasl
"""

    def master_cf(self, services):
        public = {"qmgr": 300, "pickup": "-", "showq": "-", "flush": "-"}
        private = {"rewrite": "trivial-rewrite", "defer": "bounce", "trace": "bounce", "retry": "error"}
        named = ("bounce", "verify", "discard", "error", "virtual", "anvil", "scache", "proxymap", "tlsmgr")
        private.update(zip(named, named))
        limits = {"anvil": 1, "verify": 1, "scache": 1, "tlsmgr": 1, "bounce": 0, "defer": 0, "trace": 0, "flush": 0}
        lines = ["postlog unix-dgram n - n - 1 postlogd", "cleanup unix n - n - 0 cleanup"]
        for name, security, options in services:
            settings = " ".join("-o { %s }" % option.replace("=", " = ", 1) for option in options)
            lines.append(f"127.0.0.1:{self.listen(name, security)} inet n - n - - smtpd {settings}")
        lines += [f"{name} unix n - n {wakeup} {limits.get(name, 1)} {name}" for name, wakeup in public.items()]
        for name, command in private.items():
            unprivileged = "n" if command == "virtual" else "-"
            lines.append(f"{name} unix - {unprivileged} n - {limits.get(name, '-')} {command}")
        # A delivery that knows nobody.
        lines.append("gone unix - n n - - virtual -o { virtual_mailbox_maps = inline:{nobody=nothing} }")
        return "\n".join(lines) + "\n"

    def write_tables(self):
        for name, table in (("recipients", {**RECIPIENTS, **CLOSING}), ("senders", SENDERS)):
            self.write(f"etc/{name}", "".join(f"/^{local_part}@/ {reply}\n" for local_part, reply in table.items()))
        self.write("etc/data", "/^nodata@/ 554 5.7.1 No content from you\n")
        self.write("etc/end-of-data", "/^notnow@/ 451 4.7.1 Not now\n")
        # A header check is answered with a code of Postfix's own; the text is the table's.
        headers = {f"Subject: {word}": reply for word, reply in CONTENT.items() if reply.startswith("5")}
        headers[f"Message-ID: <bench\\.[a-z0-9]+\\.[0-9]*{REFUSED_NUMBER}@"] = REFUSED_MESSAGE
        lines = [f"/^{start}/ REJECT {reply.split(' ', 1)[1]}\n" for start, reply in headers.items()]
        self.write("etc/headers", "".join(lines))

    def write_passwords(self):
        """The passwords as Cyrus SASL has them."""
        database = self.path("etc", "sasldb2")
        for user, password in self.users.items():
            subprocess.run(
                ["saslpasswd2", "-p", "-c", "-f", database, "-u", "postfix.interop.test", user],
                input=password.encode(), check=True, env={"PATH": "/usr/sbin:/usr/bin"}, timeout=30,
            )
        os.chown(database, 0, pwd.getpwnam("postfix").pw_gid)
        os.chmod(database, 0o640)
        mechanisms = "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512"
        plugin = f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {database}\n"
        # This is where Debian's Postfix looks, below the folder of main.cf.
        self.write("etc/sasl/smtpd.conf", f"{plugin}mech_list: {mechanisms}\n")

    def launch(self):
        if self.dovecot:
            self.dovecot.start()
        self.run("start")

    def run(self, verb):
        # Its daemons keep the streams they are given, so there is no waiting for the end of a pipe.
        with open(self.path("start.log"), "w+", encoding="utf-8", errors="replace") as log:
            done = subprocess.run(
                [find_program("postfix"), "-c", self.path("etc"), verb],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=120, check=False,
            )
            log.seek(0)
            if done.returncode:
                raise RuntimeError(f"postfix {verb}: {done.returncode}, {log.read()} {self.log()[-1000:]}")

    def queue(self):
        folders = [self.path("queue", name) for name in ("maildrop", "incoming", "active")]
        return [name for folder in folders for _, _, names in os.walk(folder) for name in names]

    def accepted_in_log(self, recipient):
        return [f"{recipient['message'].rsplit(' ', 1)[1]}: to=<{recipient['address']}>", "status=sent"]

    def authenticated_in_log(self, mechanism, user):
        return [f"sasl_method={mechanism}, sasl_username={user}"]

    def stop(self):
        try:
            pid = read_pid(self.path("queue", "pid", "master.pid"))
            if pid:
                end_process(pid)
        finally:
            if self.dovecot:
                self.dovecot.stop()
