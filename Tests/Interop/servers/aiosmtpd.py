"""aiosmtpd, which is Python: it keeps the octets of the content as they came."""

import json
import subprocess
import sys

from .base import Server
from .loopback import wait_for
from .replies import CLOSING, CONTENT, RECIPIENTS, REFUSED_MESSAGE, REFUSED_NUMBER, SENDERS

PROGRAM = r"""
import asyncio, json, logging, os, re, ssl, sys, warnings
warnings.simplefilter("ignore")
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
settings = json.loads(sys.argv[1])
os.makedirs(settings["mail"] + "/new")
log = open(settings["log"], "a", buffering=1, encoding="utf-8")
logging.disable(logging.CRITICAL)
local_part = lambda address: address.split("@")[0]
class Handler:
    count = 0
    async def handle_MAIL(self, server, session, envelope, address, options):
        if local_part(address or "") in settings["senders"]:
            return settings["senders"][local_part(address)]
        envelope.mail_from = address
        return "250 OK"
    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = settings["recipients"].get(local_part(address))
        if reply:
            print(f"RCPT {address}: {reply}", file=log)
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        content = envelope.original_content
        for word, reply in settings["content"].items():
            if content.startswith(f"Subject: {word}".encode()):
                print(f"DATA: {reply}", file=log)
                return reply
        if re.search(settings["refused number"].encode(), content):
            return settings["refused message"]
        Handler.count += 1
        name = f"{Handler.count:06}"
        with open(f"{settings['mail']}/{name}.part", "wb") as file:
            file.write(content)
        os.rename(f"{settings['mail']}/{name}.part", f"{settings['mail']}/new/{name}")
        for address in envelope.rcpt_tos:
            print(f"{name}: to <{address}> taken", file=log)
        return f"250 2.0.0 Taken as {name}"
def authenticate(server, session, envelope, mechanism, data):
    user = data.login.decode()
    success = settings["users"].get(user) == data.password.decode()
    print(f"AUTH {mechanism} {user} {success}", file=log)
    return AuthResult(success=success, handled=success)
async def main():
    loop = asyncio.get_running_loop()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings["certificate"], settings["key"])
    kinds = {
        "plain": {},
        "starttls": {"tls_context": context},
        "submission": {"tls_context": context, "authenticator": authenticate, "auth_required": True},
        "submissions": {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False},
    }
    for name, port in settings["ports"].items():
        options = kinds.get(name, {})
        make = lambda options=options: SMTP(
            Handler(), hostname="aiosmtpd.interop.test", decode_data=False, enable_SMTPUTF8=True,
            data_size_limit=6000000, **options
        )
        tls = context if name in ("tls", "submissions") else None
        await loop.create_server(make, "127.0.0.1", port, ssl=tls)
    await asyncio.Event().wait()
asyncio.run(main())
"""


class Aiosmtpd(Server):
    name = "aiosmtpd"
    users = {"alice": "wonderland", "bob": 'pä ss"w\\örd=,'}

    @classmethod
    def missing(cls):
        found = subprocess.run([sys.executable, "-c", "import aiosmtpd"], stderr=subprocess.DEVNULL, check=False)
        return None if found.returncode == 0 else "aiosmtpd is not installed"

    def __init__(self, folder, authority):
        super().__init__(folder, authority)
        securities = {
            "plain": "plain", "starttls": "starttls", "tls": "tls", "submission": "starttls", "submissions": "tls"
        }
        self.settings = {
            "mail": self.mail, "log": self.path("mail.log"), "users": self.users,
            "certificate": authority.pem("good"), "key": authority.key("good"),
            "ports": {name: self.listen(name, security) for name, security in securities.items()},
            "recipients": {**RECIPIENTS, **CLOSING}, "senders": SENDERS, "content": CONTENT,
            "refused number": rf"(?m)^Message-ID: <bench\.[a-z0-9]+\.[0-9]*{REFUSED_NUMBER}@",
            "refused message": REFUSED_MESSAGE,
        }
        self.process = None

    def launch(self):
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM, json.dumps(self.settings)], cwd=self.folder)

    @staticmethod
    def copies(recipients):
        return 1

    def accepted_in_log(self, recipient):
        return [f"{recipient['message'].split()[-1]}: to <{recipient['address']}>"]

    def authenticated_in_log(self, mechanism, user):
        return [f"AUTH {mechanism} {user} True"]

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
