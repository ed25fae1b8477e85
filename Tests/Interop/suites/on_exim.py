"""Exim, and what it alone has: replies for each recipient, enforced synchronisation, EXTERNAL."""

from messages import PLAIN, normal_form
from servers.exim import BY_DOVECOT, Exim
from servers.replies import CONTENT

from .authentication import Authentication
from .bulk import Bulk
from .content import Content
from .extensions import Extensions, Notifications
from .questions import Questions
from .refusals import Refusals
from .security import Security

# The mechanisms for which Exim has code of its own.
OWN = ("PLAIN", "LOGIN", "CRAM-MD5")


class EximSuite(Content, Refusals, Extensions, Notifications, Security, Questions, Bulk):
    name = "exim"
    server_kind = Exim
    batches = [
        ("plain", 100, 3000, "--pipeline", "--dots"),
        ("plain", 100, 3000, "--chunking"),
        ("plain", 50, 1000, "--pipeline", "--recipients", "2"),
        ("no pipelining", 30, 1000),
        ("no pipelining", 30, 1000, "--chunking"),
        ("no synchronisation", 100, 1000, "--chunking"),
        ("tls", 100, 1000, "--pipeline"),
        ("starttls", 100, 1000, "--chunking"),
    ]
    all_ways = [("plain", ()), ("plain", ("--chunking",)), ("no pipelining", ())]
    some_ways = [("starttls", ()), ("tls", ("--chunking",))]
    some_ways += [("no synchronisation", ()), ("no pipelining", ("--chunking",))]
    bounced = "bounced@interop.test"
    content_refusals = CONTENT
    keywords = {
        "SIZE", "8BITMIME", "DSN", "PIPELINING", "PIPECONNECT", "CHUNKING", "PRDR", "SMTPUTF8", "HELP", "VRFY", "EXPN",
        "ETRN",
    }
    asked_at = ("plain", "starttls", "tls")
    questions = [
        # In words of its own, and not in RFC 5321's form with the mailbox behind them or alone.
        ("VRFY b@interop.test", 250, "<b@interop.test> is deliverable", []),
        ("VRFY bounced@interop.test", 550, "", []),
        ("VRFY b", 501, "must contain a domain", []),
        ("EXPN staff@interop.test", 250, "", ["fred@interop.test", "jones@interop.test"]),
        ("EXPN b@interop.test", 250, "", ["b@interop.test"]),
        ("ETRN interop.test", 250, "OK", []),
        ("ETRN other.example", 458, "No queue for you", []),
        ("HELP", 214, "Commands supported:", []),
        ("HELP MAIL", 214, "Commands supported:", []),
    ]
    questions_in_log = [("ETRN interop.test received",), ("rejected ETRN other.example: 458 No queue for you",)]

    def test_greetings(self):
        for at, code, reply in (("refusing", 69, 554), ("busy", 75, 421)):
            result = self.send(at=at)
            self.check(f"greeting {reply}", (result.code, result.error.get("code")) == (code, reply), result)

    def test_refused_data(self):
        # BDAT Exim does not ask about.
        result = self.send(sender="nodata@interop.test")
        self.check("refused DATA", (result.code, result.error.get("code")) == (69, 554), result)
        delivered = self.server.nothing_delivered()
        self.check("refused DATA, as delivered", delivered == [], delivered)

    def test_replies_for_each_recipient(self):
        """PRDR: the content is refused for some, and the report is what the log says of each."""
        cases = [
            (["b", "c"], ["accepted", "accepted"], [250, 250], 0),
            (["b", "dataperm", "datatemp"], ["accepted", "rejected", "rejected"], [250, 554, 451], 69),
            (["datatemp", "b"], ["rejected", "accepted"], [451, 250], 75),
            (["dataperm", "datatemp"], ["rejected", "rejected"], [554, 451], 69),
            (["nosuch", "b", "dataperm"], ["rejected", "accepted", "rejected"], [550, 250, 554], 69),
        ]
        for names, outcomes, codes, code in cases:
            for options in ((), ("--chunking",)):
                recipients = [f"{name}@interop.test" for name in names]
                result = self.send(recipients=recipients, options=options)
                said = (result.code, result.outcomes, [recipient["code"] for recipient in result.recipients])
                self.check(f"PRDR {names} {options}", said == (code, outcomes, codes), result)
                count = outcomes.count("accepted")
                delivered = self.server.delivered(count) if count else self.server.nothing_delivered()
                is_right = delivered == [normal_form(PLAIN)] * count
                self.check(f"PRDR {names} {options}, as delivered", is_right, delivered)
                strange = self.agrees(result)
                self.check(f"PRDR {names} {options}, in the log", not strange, strange)

    def test_too_many_recipients(self):
        # The server takes a hundred at once.
        recipients = [f"r{number}@interop.test" for number in range(120)]
        result = self.send(recipients=recipients)
        self.check("120 recipients", result.is_ok and result.outcomes == ["accepted"] * 120, result.outcomes)
        self.check("120 recipients, as delivered", len(self.server.delivered(120)) == 120)


class EximAuthentication(Authentication):
    name = "exim-auth"
    server_kind = Exim
    mechanisms = [
        (at, mechanism, ("alice",)) for at in ("submission", "submissions") for mechanism in OWN + BY_DOVECOT
    ]
    strongest = {"submission": "SCRAM-SHA-256", "submissions": "SCRAM-SHA-256"}
    not_offered = [("submission", "EXTERNAL")]
    locked = {"submission": (69, "refused"), "submissions": (69, "refused"), "client certificate": (69, "refused")}

    def set_up(self):
        super().set_up()
        if not self.server.dovecot:
            self.report.skip(f"{self.name} by Dovecot", "Dovecot is not there")
            self.mechanisms = [row for row in self.mechanisms if row[1] in OWN]
            self.strongest = {at: "CRAM-MD5" for at in self.strongest}

    def test_external(self):
        for name, is_known in (("client", True), ("stranger", False)):
            certificate = ["--client-cert", self.authority.pem(name), "--client-key", self.authority.key(name)]
            result = self.send(at="client certificate", options=["--auth", "external", *certificate])
            if is_known:
                self.check("EXTERNAL", result.is_ok and len(self.server.delivered(1)) == 1, result)
                words = self.server.authenticated_in_log("EXTERNAL", "alice")
                self.check("EXTERNAL, in the log", self.server.log_has(*words), words)
            else:
                # Exim offers EXTERNAL only to those whose certificate it has verified.
                self.check("EXTERNAL of a stranger", (result.code, result.kind) == (77, "authentication"), result)
