"""Postfix, and what only its many listeners can show."""

from messages import PLAIN, normal_form
from servers.postfix import Postfix
from servers.replies import CONTENT, RECIPIENTS

from .authentication import Authentication
from .bulk import Bulk
from .content import Content
from .extensions import LARGE, Extensions, Notifications
from .questions import Questions
from .refusals import Refusals
from .security import Certificates, Security

EVERYBODY = ("alice", "bob", "we=ird,user")
BY_DOVECOT = [("PLAIN", EVERYBODY), ("LOGIN", EVERYBODY), ("CRAM-MD5", EVERYBODY), ("SCRAM-SHA-1", EVERYBODY)]
BY_DOVECOT += [("SCRAM-SHA-256", EVERYBODY), ("XOAUTH2", ("alice",)), ("OAUTHBEARER", ("alice",))]


class PostfixSuite(Content, Refusals, Extensions, Notifications, Questions, Bulk):
    name = "postfix"
    server_kind = Postfix
    batches = [
        ("plain", 50, 1000, "--no-pipeline"),
        ("plain", 300, 3000, "--pipeline", "--dots"),
        ("plain", 300, 3000, "--chunking", "--dots"),
        ("strict", 300, 1000, "--pipeline", "--recipients", "2"),
        ("strict", 300, 1000, "--chunking"),
        ("bare", 50, 1000),
        ("tls", 200, 1000, "--pipeline"),
        ("starttls", 200, 1000, "--chunking", "--connections", "3"),
        ("plain", 6, 1_500_000, "--pipeline"),
        ("plain", 6, 1_500_000, "--chunking"),
    ]
    all_ways = [("plain", ()), ("plain", ("--chunking",)), ("strict", ()), ("bare", ())]
    some_ways = [("starttls", ()), ("tls", ("--chunking",)), ("strict", ("--chunking",))]
    bounced = "bounced@interop.test"
    without_8bit = ("bare",)
    content_refusals = {"reject": CONTENT["reject"]}
    asked_at = ("plain", "starttls")
    questions = [
        ("VRFY b@interop.test", 252, "2.0.0 b@interop.test", ["b@interop.test"]),
        ("VRFY <b@interop.test>", 252, "2.0.0 <b@interop.test>", ["b@interop.test"]),
        ("VRFY nosuch@interop.test", 550, RECIPIENTS["nosuch"][4:9], []),
        ("VRFY tempfail@interop.test", 450, RECIPIENTS["tempfail"][4:9], []),
        ("VRFY b@other.example", 554, "Relay access denied", []),
        ("ETRN interop.test", 250, "Queuing started", []),
        ("ETRN other.example", 459, "service unavailable", []),
        # Which Postfix does not know, and says so.
        ("EXPN staff", 500, "5.5.2", []),
        ("HELP", 500, "5.5.2", []),
    ]
    questions_in_log = [("reject: VRFY", "550 5.1.1 <nosuch@interop.test>", "No such user here")]
    keywords = {"PIPELINING", "SIZE", "VRFY", "ETRN", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "SMTPUTF8", "CHUNKING"}

    def test_refused_at_once(self):
        # Where MAIL is not answered late, its refusal is MAIL's.
        result = self.send(sender="blocked@interop.test", at="at once")
        told = (result.code, result.error.get("command"), result.error.get("code"))
        self.check("refused MAIL", told == (69, "MAIL", 550), result)

    def test_refused_around_the_content(self):
        for sender, code, reply in (("nodata", 69, 554), ("notnow", 75, 451)):
            for options in ((), ("--chunking",)):
                result = self.send(sender=f"{sender}@interop.test", options=options)
                what = f"refused content of {sender}@ {options}"
                self.check(what, (result.code, result.error.get("code")) == (code, reply), result)
                self.check(f"{what}, in the log", not self.agrees(result), result)
        delivered = self.server.nothing_delivered()
        self.check("refused around the content, as delivered", delivered == [], delivered)

    def test_proxy(self):
        """What a proxy says of the client it speaks for is what the server has in its log."""
        cases = [
            ("--xclient", "NAME=client.interop.test", "--xclient", "ADDR=192.0.2.7"),
            ("--xforward", "NAME=client.interop.test", "--xforward", "ADDR=192.0.2.8"),
        ]
        words = [["client=client.interop.test[192.0.2.7]"], ["orig_client=client.interop.test[192.0.2.8]"]]
        for options, wanted in zip(cases, words):
            result = self.send(options=options, at="relay")
            self.check(f"{options[0]}", result.is_ok, result)
            self.check(f"{options[0]}, as delivered", self.server.delivered(1) == [normal_form(PLAIN)])
            self.check(f"{options[0]}, in the log", self.server.log_has(*wanted), wanted)
            result = self.send(options=options)
            self.check(f"{options[0]}, not offered", (result.code, result.kind) == (69, "not-offered"), result)
        result = self.send(options=("--xclient", "COLOUR=red"), at="relay")
        self.check("--xclient, beyond the offer", (result.code, result.kind) == (69, "not-offered"), result)

    def test_too_many_recipients(self):
        # The server takes five at once: the others follow in transactions of their own, in one report.
        recipients = [f"r{number}@interop.test" for number in range(12)]
        for options in ((), ("--chunking",)):
            result = self.send(recipients=recipients, at="few recipients", options=options)
            self.check(f"12 recipients {options}", result.is_ok and result.outcomes == ["accepted"] * 12, result)
            self.check(f"12 recipients {options}, as delivered", len(self.server.delivered(12)) == 12)
            self.check(f"12 recipients {options}, in the log", not self.agrees(result), result)

    def test_nothing_offered(self):
        result = self.probe("bare")
        self.check("no extensions", (result.json or {}).get("extensionsInClear") == [], result)
        result = self.send("Subject: x\n\ngrün\n".encode(), at="bare", options=["--body", "8bitmime"])
        self.check("8-bit stated, and not offered", (result.code, result.kind) == (65, "content"), result)
        result = self.send(LARGE, at="bare")
        self.check("too large, not told before", (result.code, result.error.get("code")) == (69, 552), result)
        delivered = self.server.nothing_delivered()
        self.check("nothing offered, as delivered", delivered == [], delivered)


class PostfixSecurity(Security, Certificates):
    name = "postfix-tls"
    server_kind = Postfix

    def test_encrypted(self):
        """What the tool takes for encrypted is encrypted for the server."""
        for at in ("starttls", "tls"):
            words = "TLS connection established from"
            before = self.server.log_count(words)
            self.is_sent(f"{at} by name", at, "--host", "localhost")
            self.check(f"{at}, in the log", self.server.log_has(words, more_than=before))


class PostfixAuthentication(Authentication):
    name = "postfix-auth"
    server_kind = Postfix
    mechanisms = [(at, *mechanism) for at in ("submission", "submissions") for mechanism in BY_DOVECOT]
    mechanisms += [("cyrus", mechanism, EVERYBODY) for mechanism, _ in BY_DOVECOT[:5]]
    mechanisms += [("cyrus", "SCRAM-SHA-512", EVERYBODY)]
    strongest = {"submission": "SCRAM-SHA-256", "submissions": "SCRAM-SHA-256", "cyrus": "SCRAM-SHA-512"}
    not_offered = [("submission", "EXTERNAL"), ("cyrus", "XOAUTH2")]
    locked = {"submission": (69, "refused"), "submissions": (69, "refused"), "cyrus": (69, "refused")}

    def set_up(self):
        super().set_up()
        if "submission" not in self.server.listeners:
            self.leave_out("submission", "Dovecot, which knows the passwords, is not there")
        if "cyrus" not in self.server.listeners:
            self.leave_out("cyrus", "saslpasswd2 is not installed")

    def leave_out(self, listener, reason):
        self.report.skip(f"{self.name} at {listener}", reason)
        self.mechanisms = [row for row in self.mechanisms if listener not in row[0]]
        self.not_offered = [row for row in self.not_offered if listener not in row[0]]
        self.strongest = {at: mechanism for at, mechanism in self.strongest.items() if listener not in at}
        self.locked = {at: expected for at, expected in self.locked.items() if listener not in at}

    def test_once(self):
        # A wrong password is tried once, whatever else is offered.
        before = self.server.log_count("authentication failed")
        self.log_in("submission", "auto", "alice", "mistaken")
        self.server.log_has("authentication failed", more_than=before)
        count = self.server.log_count("authentication failed") - before
        self.check("a wrong password, tried once", count == 1, count)
