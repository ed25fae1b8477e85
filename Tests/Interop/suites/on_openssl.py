"""TLS against OpenSSL's own program: versions, cipher suites, keys and client certificates, with implicit TLS."""

import os
import shutil

from harness import Suite
from messages import PLAIN
from servers.scripted import OpenSSLServer

DIALOGUE = ["220 x", "250 x", "250 x", "250 x", "354 x", ".", "250 x", "221 x"]


class OpenSSLSuite(Suite):
    name = "openssl"

    def missing(self):
        if not os.path.exists("/proc/net/tcp"):
            return "there is no /proc/net/tcp, which tells when a server is ready"
        return None if shutil.which("openssl") else "openssl is not installed"

    def sent(self, options=(), certificate="good", tool_options=(), trusted=True):
        """Sends by TLS to a server with these options of s_server's."""
        server = OpenSSLServer(DIALOGUE, self.authority.pem(certificate), self.authority.key(certificate), options)
        place = ["--host", "127.0.0.1", "--port", str(server.port), "--security", "tls", "--timeout", "10"]
        trust = ["--ca-file", self.authority.certificate] if trusted else []
        try:
            return self.call(self.sending([*place, *trust, *tool_options]), PLAIN), server
        finally:
            server.stop()

    def test_what_works(self):
        cases = [
            ("TLS 1.2", ["-tls1_2"], "good"),
            ("TLS 1.3", ["-tls1_3"], "good"),
            ("TLS 1.2 with RSA", ["-tls1_2"], "rsa"),
            ("TLS 1.3 with RSA", ["-tls1_3"], "rsa"),
            ("ChaCha20 in TLS 1.2", ["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"], "good"),
            ("ChaCha20 in TLS 1.3", ["-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], "good"),
            ("another group", ["-groups", "P-384"], "good"),
            ("no session tickets", ["-no_ticket"], "good"),
            ("many session tickets", ["-num_tickets", "8"], "good"),
            ("a new request for the first message", ["-tls1_3", "-groups", "P-521:P-384"], "good"),
        ]
        for what, options, certificate in cases:
            result, server = self.sent(options, certificate)
            self.check(what, result.is_ok, result)
            said = [line.split()[0] for line in server.lines]
            self.check(f"{what}, the dialogue", said == [b"EHLO", b"MAIL", b"RCPT", b"DATA", b"QUIT"], said)

    def test_what_fails(self):
        cases = [
            ("TLS 1.1 only", ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], "good"),
            ("a cipher suite that is too weak", ["-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"], "good"),
            ("expired", [], "expired"),
            ("not valid yet", [], "not-yet"),
            ("another host", [], "wrong-host"),
            ("self-signed", [], "self-signed"),
            ("a client's certificate", [], "client"),
            # s_server sends the first certificate of the file alone.
            ("without the intermediate certificate", [], "chained"),
        ]
        for what, options, certificate in cases:
            result, server = self.sent(options, certificate)
            self.check(what, (result.code, result.kind) == (77, "tls"), result)
            self.check(f"{what}, and nothing said", not server.lines, server.lines)
        result, server = self.sent(trusted=False)
        self.check("unknown authority", (result.code, result.kind) == (77, "tls") and not server.lines, result)

    def test_client_certificates(self):
        def identity(name):
            return ["--client-cert", self.authority.pem(name), "--client-key", self.authority.key(name)]

        for version in ("-tls1_2", "-tls1_3"):
            wanted = [version, "-Verify", "2", "-verify_return_error", "-CAfile", self.authority.certificate]
            result, _ = self.sent(wanted, tool_options=identity("client"))
            self.check(f"client certificate, {version}", result.is_ok, result)
            for name, options in (("none", ()), ("a stranger's", identity("stranger"))):
                result, server = self.sent(wanted, tool_options=options)
                self.check(f"client certificate, {name}, {version}", (result.code, result.kind) == (77, "tls"), result)
                mail = [line for line in server.lines if line.startswith(b"MAIL")]
                self.check(f"client certificate, {name}, {version}, and no mail", not mail, server.lines)
