"""Dovecot: LMTP, submission in front of another server, and the passwords that Postfix and Exim ask it for."""

import base64
import hashlib
import hmac
import json
import os
import pwd
import subprocess
import time

from .base import Server, find_program
from .loopback import end_process, wait_until

OAUTH_KEY = b"a key of the interop tests, 32+ octets"


def token(user, lifetime):
    """A JSON Web Token that Dovecot can check by itself."""

    def encode(octets):
        return base64.urlsafe_b64encode(octets).rstrip(b"=")

    now = int(time.time())
    claims = {"sub": user, "iss": "interop", "iat": now - 7200, "exp": now + lifetime, "scope": "smtp"}
    header = {"alg": "HS256", "typ": "JWT", "kid": "default"}
    signed = b".".join(encode(json.dumps(part).encode()) for part in (header, claims))
    return (signed + b"." + encode(hmac.digest(OAUTH_KEY, signed, hashlib.sha256))).decode()


class Dovecot(Server):
    """Dovecot delivers what it gets by LMTP, and passes on what it gets by submission.

    Users are alice, bob, carol and more, whom `users` lists with their passwords; `small` has no room for more than one
    kilobyte, and `tempfail` is one of whom nothing can be said for now.
    """

    name = "Dovecot"
    users = {
        "alice": "wonderland", "bob": 'pä ss"w\\örd=,', "we=ird,user": "pencil", "b": "b", "carol": "carol",
        **{f"r{number}": "r" for number in range(20)},
    }

    @classmethod
    def missing(cls):
        if os.geteuid() != 0:
            return "starting Dovecot needs root"
        if not find_program("dovecot"):
            return "dovecot is not installed"
        command = [find_program("dovecot"), "--version"]
        version = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()
        return None if version.startswith("2.3.") else f"this is for Dovecot 2.3, and here is {version}"

    def __init__(self, folder, authority, relay_port=None):
        os.makedirs(folder, exist_ok=True)
        super().__init__(folder, authority)
        self.relay_port, self.process = relay_port, None
        self.auth_socket, self.lmtp_socket = self.path("auth"), self.path("lmtp")
        self.user = pwd.getpwnam("nobody")
        os.chown(self.mail, self.user.pw_uid, self.user.pw_gid)
        self.write("keys/default/HS256/default", base64.b64encode(OAUTH_KEY).decode())
        self.write("oauth2.conf", self.oauth_configuration())
        self.write("users", "".join(self.account(user, password) for user, password in self.users.items()))
        with open(self.path("users"), "a", encoding="utf-8") as file:
            file.write(self.account("small", "small", "userdb_quota_rule=*:storage=1K"))
            file.write(self.account("tempfail", "tempfail", "userdb_tempfail=yes"))
        self.write("dovecot.conf", self.configuration())

    def account(self, user, password, fields=""):
        return f"{user}:{{PLAIN}}{password}:{self.user.pw_uid}:{self.user.pw_gid}::{self.mail}/{user}::{fields}\n"

    def oauth_configuration(self):
        return f"""introspection_mode = local
local_validation_key_dict = fs:posix:prefix={self.folder}/keys/
username_attribute = sub
issuers = interop
"""

    def listeners_configuration(self):
        # One port, in clear and with STARTTLS, and a socket.
        lmtp = f"""service lmtp {{
  unix_listener {self.lmtp_socket} {{
    mode = 0666
  }}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {self.listen("plain")}
  }}
}}
"""
        self.listeners["starttls"] = (self.port("plain"), "starttls")
        if not self.relay_port:
            return "protocols = lmtp\n" + lmtp
        return f"""protocols = lmtp submission
submission_relay_host = 127.0.0.1
submission_relay_port = {self.relay_port}
submission_relay_trusted = yes
submission_max_mail_size = 6000000
service submission-login {{
  inet_listener submission {{
    port = {self.listen("submission", "starttls")}
  }}
  inet_listener submissions {{
    port = {self.listen("submissions", "tls")}
    ssl = yes
  }}
}}
{lmtp}"""

    def configuration(self):
        folder, authority = self.folder, self.authority
        mechanisms = "plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256"
        return f"""base_dir = {folder}/run
state_dir = {folder}/run
instance_name = interop
log_path = {folder}/mail.log
auth_verbose = yes
{self.listeners_configuration()}listen = 127.0.0.1
hostname = dovecot.interop.test
postmaster_address = postmaster@interop.test
ssl = yes
ssl_cert = <{authority.pem("good")}
ssl_key = <{authority.key("good")}
auth_mechanisms = {mechanisms} xoauth2 oauthbearer
auth_username_chars =
auth_username_format = %Ln
auth_failure_delay = 0
mail_location = maildir:{self.mail}/%n
mail_plugins = quota
plugin {{
  quota = maildir:User quota
  quota_grace = 0
  quota_rule = *:storage=1G
}}
lmtp_save_to_detail_mailbox = no
default_vsz_limit = 1G
first_valid_uid = 1
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = {mechanisms}
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
  default_fields = uid={self.user.pw_uid} gid={self.user.pw_gid} home={self.mail}/%n
}}
service auth {{
  unix_listener {self.auth_socket} {{
    mode = 0666
  }}
}}
# Else an address from which a password was wrong waits longer and longer, and so do the next tests.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""

    def place(self, name):
        if name == "unix":
            return ["--socket", self.lmtp_socket, "--security", "plain", "--timeout", "60"]
        return super().place(name)

    def launch(self):
        with open(self.path("start.log"), "wb") as log:
            self.process = subprocess.Popen(
                [find_program("dovecot"), "-F", "-c", self.path("dovecot.conf")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        wait_until(lambda: os.path.exists(self.auth_socket), 30)

    def accepted_in_log(self, recipient):
        # "2.0.0 <b@interop.test> ID Saved"
        return [f"<{recipient['message'].split()[2]}>", f"lmtp({recipient['address'].split('@')[0]})", "saved mail"]

    def refused_in_log(self, recipient):
        """Dovecot logs why, and not what it said."""
        user = recipient["address"].split("@")[0]
        reasons = {
            "nosuch": [f"passwd-file({user}", "unknown user"], "tempfail": [user, "Failed to lookup user"],
            "small": [f"lmtp({user})", "save failed", "Quota exceeded"],
        }
        return reasons[user]

    def authenticated_in_log(self, mechanism, user):
        return ["submission-login: Info: Login:", f"user=<{user}>", f"method={mechanism},"]

    def stop(self):
        if self.process:
            end_process(self.process.pid)
            self.process.wait(10)
