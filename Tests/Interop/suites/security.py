"""How connections are protected, and what happens where they cannot be as asked."""

from harness import ServerSuite
from messages import PLAIN, normal_form

# Certificates that must be refused: the check that fails, as smtp-probe names it, and words of the message.
BAD_CERTIFICATES = {
    "expired": ("expired", "expired"),
    "not-yet": ("notYetValid", "not valid"),
    "wrong-host": ("name", "other.example"),
    "self-signed": ("selfSigned", "self-signed"),
}


class Security(ServerSuite):
    """The modes that any server with TLS can show."""

    # The listeners whose certificate is valid.
    protected = ("starttls", "tls")

    # The listener that offers no TLS, if there is one.
    clear = "plain"

    def is_sent(self, what, at, *options):
        result = self.send(at=at, options=options)
        self.check(what, result.is_ok, result)
        self.check(f"{what}, as delivered", self.server.delivered(1) == [normal_form(PLAIN)] if result.is_ok else False)

    def is_refused(self, what, at, options, code, kind, words=""):
        result = self.send(at=at, options=options)
        is_told = (result.code, result.kind) == (code, kind) and words in result.message
        self.check(what, is_told and "accepted" not in result.outcomes, result)
        delivered = self.server.nothing_delivered()
        self.check(f"{what}, as delivered", delivered == [], delivered)

    def test_opportunistic(self):
        self.is_sent("STARTTLS if offered, offered", "starttls", "--security", "starttls-if-offered")
        if self.clear:
            self.is_sent("STARTTLS if offered, not offered", self.clear, "--security", "starttls-if-offered")

    def test_not_offered(self):
        if not self.clear:
            return
        self.is_refused("STARTTLS not offered", self.clear, ["--security", "starttls"], 69, "not-offered", "STARTTLS")
        result = self.probe(self.clear, "--security", "starttls")
        self.check("STARTTLS not offered, to the probe", (result.code, result.kind) == (69, "not-offered"), result)

    def test_mistaken_ports(self):
        self.is_refused("TLS to a STARTTLS port", "starttls", ["--security", "tls"], 76, "protocol", "plaintext")
        if "tls" not in self.protected:
            return
        options = ["--security", "starttls", "--timeout", "2"]
        self.is_refused("STARTTLS to a TLS port", "tls", options, 75, "timeout")

    def test_names(self):
        for at in self.protected:
            for name in ("localhost", "MAIL.interop.test", "x.wild.interop.test", "mail.interop.test."):
                self.is_sent(f"{name} at {at}", at, "--server-name", name)
            for name in ("other.interop.test", "x.y.wild.interop.test", "wild.interop.test"):
                self.is_refused(f"{name} at {at}", at, ["--server-name", name], 77, "tls", name)

    def test_authority(self):
        # Without --ca-file it is the system's authorities that count, and none of them signed this.
        for at in self.protected:
            port, security = self.server.listeners[at]
            place = ["--host", "127.0.0.1", "--port", str(port), "--security", security]
            result = self.call(self.sending(place), PLAIN)
            self.check(f"unknown authority at {at}", (result.code, result.kind) == (77, "tls"), result)
            result = self.call(self.sending([*place, "--insecure-skip-verify"]), PLAIN)
            self.check(f"unknown authority at {at}, not verified", result.is_ok, result)
            self.server.delivered(1)

    def test_required_tls(self):
        # REQUIRETLS none of them offers.
        for at in self.protected:
            self.is_refused(f"REQUIRETLS at {at}", at, ["--require-tls"], 69, "not-offered", "REQUIRETLS")

    def test_probe(self):
        for at in self.protected:
            result = self.probe(at)
            tls = (result.json or {}).get("tls") or {}
            names = [name for certificate in tls.get("certificates", [])[:1] for name in certificate["names"]]
            is_right = result.code == 0 and tls.get("isVerified") and any("mail.interop.test" in name for name in names)
            self.check(f"probe of {at}", is_right, result)


class Certificates(ServerSuite):
    """What a server with listeners of these names shows: each bad certificate, each version, client certificates."""

    def kinds(self, name):
        return (name, f"{name}, tls")

    def test_bad_certificates(self):
        for name, (check, words) in BAD_CERTIFICATES.items():
            for at in self.kinds(name):
                result = self.send(at=at)
                is_told = (result.code, result.kind) == (77, "tls") and words in result.message
                self.check(f"certificate {at}", is_told and "accepted" not in result.outcomes, result)
                probe = self.probe(at)
                found = ((probe.json or {}).get("tls") or {}).get("failedCheck")
                self.check(f"certificate {at}, to the probe", (probe.code, found) == (77, check), probe)
        delivered = self.server.nothing_delivered()
        self.check("bad certificates, as delivered", delivered == [], delivered)

    def test_unverified(self):
        for name in BAD_CERTIFICATES:
            for at in self.kinds(name):
                result = self.send(at=at, options=["--insecure-skip-verify"])
                self.check(f"certificate {at}, not verified", result.is_ok, result)
        count = len(BAD_CERTIFICATES) * 2
        self.check("not verified, as delivered", len(self.server.delivered(count)) == count)

    def test_good_certificates(self):
        for name in ("chained", "rsa"):
            for at in self.kinds(name):
                result = self.send(at=at)
                self.check(f"certificate {at}", result.is_ok, result)
        self.server.delivered(4)

    def test_versions(self):
        for version, other in (("1.2", "1.3"), ("1.3", "1.2")):
            for at in self.kinds(f"TLS {version}"):
                result = self.send(at=at)
                self.check(f"{at} only", result.is_ok and len(self.server.delivered(1)) == 1, result)
                probe = self.probe(at)
                found = ((probe.json or {}).get("tls") or {}).get("version", "")
                self.check(f"{at} only, to the probe", probe.code == 0 and version in found, probe)
                probe = self.probe(at, "--tls-version", other)
                self.check(f"{at} only, asked for {other}", (probe.code, probe.kind) == (77, "tls"), probe)

    def test_client_certificates(self):
        for at in self.kinds("client certificate"):
            for name, is_known in (("client", True), ("stranger", False), (None, False)):
                pem, key = (self.authority.pem(name), self.authority.key(name)) if name else (None, None)
                options = ["--client-cert", pem, "--client-key", key] if name else []
                result = self.send(at=at, options=options)
                # Postfix lets anybody in, and says behind the handshake what is wrong.
                is_told = result.error.get("code") == 421 and "lient certificate" in result.message
                self.check(f"{at}: {name}", result.is_ok if is_known else is_told and result.code == 75, result)
                delivered = self.server.delivered(1) if is_known else self.server.nothing_delivered()
                self.check(f"{at}: {name}, as delivered", len(delivered) == is_known, delivered)
