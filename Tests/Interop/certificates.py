"""A certificate authority and what it signs, made by the openssl program for one run."""

import datetime
import os
import subprocess

NAMES = "DNS:localhost,DNS:mail.interop.test,DNS:*.wild.interop.test,IP:127.0.0.1,IP:::1"

CONFIGURATION = """[ca]
default_ca = here
[here]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
"""

AUTHORITY = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]


def moment(days):
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return time.strftime("%Y%m%d%H%M%SZ")


class Authority:
    """Certificates by name: `good`, `rsa`, `chained`, `expired`, `not-yet`, `wrong-host`, `self-signed`, `client`,
    `stranger`. For each there are NAME.pem with the chain and NAME.key."""

    def __init__(self, folder):
        self.folder = folder
        os.chmod(folder, 0o755)
        for name, text in (("ca.cnf", CONFIGURATION), ("index", ""), ("serial", "1000")):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        self.root("ca", "interop root")
        self.sign("intermediate", "interop intermediate", extensions=[AUTHORITY[0] + ",pathlen:0", AUTHORITY[1]])
        self.sign("good", "mail.interop.test")
        self.sign("rsa", "mail.interop.test", key="RSA")
        self.sign("chained", "mail.interop.test", signer="intermediate")
        self.sign("expired", "mail.interop.test", days=(-100, -10))
        self.sign("not-yet", "mail.interop.test", days=(10, 100))
        self.sign("wrong-host", "other.example", names="DNS:other.example")
        self.sign("client", "alice", names="email:alice@interop.test", purpose="clientAuth")
        for name, extension in (("self-signed", f"subjectAltName={NAMES}"), ("stranger", "basicConstraints=CA:FALSE")):
            self.root(name, name, [extension])

    @property
    def certificate(self):
        return self.path("ca.pem")

    def path(self, name):
        return os.path.join(self.folder, name)

    def pem(self, name):
        return self.path(f"{name}.pem")

    def key(self, name):
        return self.path(f"{name}.key")

    def fingerprint(self, name):
        return self.openssl("x509", "-in", self.pem(name), "-noout", "-fingerprint", "-sha256").strip().split("=")[1]

    def openssl(self, *arguments):
        return subprocess.run(
            ["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    def make_key(self, name, kind="EC"):
        options = {"EC": "ec_paramgen_curve:P-256", "RSA": "rsa_keygen_bits:2048"}
        self.openssl("genpkey", "-algorithm", kind, "-pkeyopt", options[kind], "-out", self.key(name))
        # Servers read their keys as users of their own, and these are worth nothing.
        os.chmod(self.key(name), 0o644)

    def root(self, name, subject, extensions=AUTHORITY):
        self.make_key(name)
        added = [word for extension in extensions for word in ("-addext", extension)]
        self.openssl(
            "req", "-x509", "-new", "-key", self.key(name), "-subj", f"/CN={subject}", "-days", "30", *added,
            "-out", self.pem(name),
        )

    def sign(
        self, name, subject, names=NAMES, days=(-1, 30), signer="ca", purpose="serverAuth", key="EC", extensions=()
    ):
        self.make_key(name, key)
        usual = [f"subjectAltName={names}", f"extendedKeyUsage={purpose}", "basicConstraints=CA:FALSE"]
        added = [word for extension in extensions or usual for word in ("-addext", extension)]
        request = self.path("request")
        self.openssl("req", "-new", "-key", self.key(name), "-subj", f"/CN={subject}", *added, "-out", request)
        self.openssl(
            "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", self.pem(signer), "-keyfile", self.key(signer),
            "-startdate", moment(days[0]), "-enddate", moment(days[1]), "-in", request, "-out", self.pem(name),
        )
        if signer != "ca":
            with open(self.pem(name), "a", encoding="utf-8") as chain, open(self.pem(signer), encoding="utf-8") as rest:
                chain.write(rest.read())
