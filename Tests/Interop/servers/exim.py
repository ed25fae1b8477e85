"""Exim: enforced synchronisation, PIPE_CONNECT, PRDR, authenticators of its own and Dovecot's."""

import os
import pwd
import shutil
import subprocess

from .base import Server, unpacked
from .dovecot import Dovecot
from .loopback import end_process
from .replies import CLOSING, CONTENT, DOMAINS, RECIPIENTS, REFUSED_MESSAGE, REFUSED_NUMBER, SENDERS

BINARY = unpacked("exim", "usr", "sbin", "exim4")

# The mechanisms for which Exim asks Dovecot.
BY_DOVECOT = ("SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER")


def refusals(table, condition):
    """The statements of an access control list, one for each reply of a table."""
    verbs = {"5": "deny", "4": "defer"}
    return "".join(
        f"  {verbs[reply[0]]} {condition.format(name)}\n    message = {reply}\n"
        for name, reply in table.items()
    )


class Exim(Server):
    """Exim takes mail for any user of interop.test, refuses some by name, and bounces what is for `bounced`.

    By PRDR it refuses the content for some recipients: `dataperm` and `datatemp`.
    """

    name = "Exim"
    users = {"alice": "wonderland"}

    @classmethod
    def missing(cls):
        if os.geteuid() != 0:
            return "starting Exim needs root"
        return None if os.access(BINARY, os.X_OK) else "exim is not unpacked: Scripts/install-servers does that"

    def __init__(self, folder, authority):
        super().__init__(folder, authority)
        self.user = pwd.getpwnam("Debian-exim")
        for name in ("spool", "log"):
            os.makedirs(self.path(name))
        for name in ("spool", "log", "mail"):
            os.chown(self.path(name), self.user.pw_uid, self.user.pw_gid)
        self.process = None
        # Exim calls itself as a user who need not be able to read where it was unpacked.
        self.binary = shutil.copy(BINARY, self.path("exim"))
        self.dovecot = None if Dovecot.missing() else Dovecot(self.path("dovecot"), authority)
        for name, security in {
            "plain": "plain", "starttls": "starttls", "tls": "tls", "submission": "starttls", "submissions": "tls",
            "client certificate": "starttls", "no synchronisation": "plain", "no pipelining": "plain",
            "refusing": "plain", "busy": "plain",
        }.items():
            self.listen(name, security)
        self.write("exim.conf", self.options() + self.access() + self.delivery() + self.authenticators())

    def at(self, *names):
        """A list of hosts: all on these listeners, none on others."""
        return "${if inlist{$received_port}{%s}{*}{}}" % " : ".join(str(self.port(name)) for name in names)

    def options(self):
        folder, authority = self.folder, self.authority
        secured = ("starttls", "submission", "client certificate", "tls", "submissions")
        pipelining = [name for name in self.listeners if name != "no pipelining"]
        authenticated = f"${{if def:tls_in_cipher{{{self.at('submission', 'submissions', 'client certificate')}}}{{}}}}"
        return f"""exim_path = {self.binary}
exim_user = Debian-exim
exim_group = Debian-exim
deliver_drop_privilege = true
keep_environment =
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
log_selector = +smtp_protocol_error +smtp_syntax_error +pipelining +tls_cipher
pid_file_path = {folder}/spool/pid
primary_hostname = exim.interop.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = {" : ".join(str(port) for port, _ in self.listeners.values())}
tls_on_connect_ports = {self.port("tls")} : {self.port("submissions")}
tls_advertise_hosts = {self.at(*secured)}
tls_certificate = {authority.pem("good")}
tls_privatekey = {authority.key("good")}
tls_verify_certificates = {authority.certificate}
tls_try_verify_hosts = {self.at("client certificate")}
auth_advertise_hosts = {authenticated}
chunking_advertise_hosts = *
pipelining_advertise_hosts = {self.at(*pipelining)}
pipelining_connect_advertise_hosts = {self.at(*pipelining)}
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
prdr_enable = true
message_size_limit = 6000000
recipients_max = 100
rfc1413_query_timeout = 0s
host_lookup =
smtp_accept_max = 0
smtp_accept_max_per_connection = 0
smtp_accept_queue_per_connection = 0
smtp_max_unknown_commands = 10
acl_smtp_connect = acl_connect
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_predata = acl_predata
acl_smtp_data_prdr = acl_prdr
acl_smtp_data = acl_data
acl_smtp_vrfy = accept
acl_smtp_expn = accept
acl_smtp_etrn = acl_etrn
smtp_etrn_command = /usr/bin/touch {folder}/log/etrn
"""

    def access(self):
        needs_login = self.at("submission", "submissions", "client certificate")
        return f"""
begin acl

acl_connect:
  drop condition = ${{if eq{{$received_port}}{{{self.port("refusing")}}}}}
    message = 554 5.7.1 No service for you
  defer condition = ${{if eq{{$received_port}}{{{self.port("busy")}}}}}
    message = 421 4.3.2 Too busy
  accept condition = ${{if eq{{$received_port}}{{{self.port("no synchronisation")}}}}}
    control = no_enforce_sync
  accept

acl_mail:
{refusals(SENDERS, "senders = ^{}@")}  accept

acl_rcpt:
{refusals({**RECIPIENTS, **CLOSING}, "local_parts = {}")}  deny hosts = {needs_login}
    !authenticated = *
    message = 550 5.7.1 Log in first
  accept domains = {" : ".join(DOMAINS)}
  deny message = 550 5.7.1 Relaying denied

acl_predata:
  deny senders = ^nodata@
    message = 554 5.7.1 No content from you
  accept

acl_prdr:
  deny local_parts = dataperm
    message = 554 5.7.1 Content refused for this recipient
  defer local_parts = datatemp
    message = 451 4.7.1 Content put off for this recipient
  accept

acl_etrn:
  accept condition = ${{if eq{{$smtp_command_argument}}{{{DOMAINS[0]}}}}}
  deny message = 458 No queue for you

acl_data:
  deny condition = ${{if match{{$h_message-id:}}{{^<bench[.][a-z0-9]+[.][0-9]*{REFUSED_NUMBER}@}}}}
    message = {REFUSED_MESSAGE}
{refusals(CONTENT, "condition = ${{if match{{$h_subject:}}{{^{}}}}}")}  accept
"""

    def delivery(self):
        return f"""
begin routers
bounced:
  driver = redirect
  local_parts = bounced
  data = :fail: Moved away
  allow_fail
staff:
  driver = redirect
  local_parts = staff
  data = fred@interop.test, jones@interop.test
all:
  driver = accept
  transport = maildir

begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = {self.mail}/all
  create_directory
  user = Debian-exim
  envelope_to_add
  return_path_add

begin retry
* * F,1h,5m
"""

    def authenticators(self):
        text = """
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{alice}}{eq{$auth3}{wonderland}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if and{{eq{$auth1}{alice}}{eq{$auth2}{wonderland}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${if eq{$auth1}{alice}{wonderland}fail}
  server_set_id = $auth1
certificate:
  driver = external
  public_name = EXTERNAL
  server_param2 = ${certextract {subject,CN}{$tls_in_peercert}}
  server_condition = ${if def:tls_in_peercert}
  server_advertise_condition = $tls_in_certificate_verified
  server_set_id = $auth2
"""
        for mechanism in BY_DOVECOT if self.dovecot else ():
            text += f"""{mechanism.lower().replace("-", "_")}:
  driver = dovecot
  public_name = {mechanism}
  server_socket = {self.dovecot.auth_socket}
  server_set_id = $auth1
"""
        return text

    def launch(self):
        if self.dovecot:
            self.dovecot.start()
        with open(self.path("log", "start"), "wb") as log:
            self.process = subprocess.Popen(
                [self.binary, "-C", self.path("exim.conf"), "-bdf"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def log(self):
        try:
            with open(self.path("log", "mainlog"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def queue(self):
        return [name for _, _, names in os.walk(self.path("spool", "input")) for name in names]

    def accepted_in_log(self, recipient):
        # Where it answers for each recipient the reply has no identifier.
        identifier = recipient["message"].partition("id=")[2].partition(" ")[0]
        return [f"{identifier} => ", f"<{recipient['address']}>"]

    def authenticated_in_log(self, mechanism, user):
        authenticators = {"CRAM-MD5": "cram", "EXTERNAL": "certificate"}
        return [" <= ", f"A={authenticators.get(mechanism, mechanism.lower().replace('-', '_'))}:{user} "]

    def stop(self):
        try:
            if self.process:
                end_process(self.process.pid)
                self.process.wait(10)
        finally:
            if self.dovecot:
                self.dovecot.stop()
