"""Dovecot: submission in front of Postfix, and LMTP over TCP and over a Unix socket."""

import os

from messages import PLAIN, normal_form
from servers.dovecot import Dovecot
from servers.postfix import Postfix

from .authentication import VARIABLE, Authentication
from .bulk import Bulk
from .content import Content
from .extensions import Notifications
from .questions import Questions
from .security import Security

EVERYBODY = ("alice", "bob", "we=ird,user")


class BehindLogin(Content):
    """Sends to a listener that takes nothing without a login."""

    def send(self, *arguments, options=(), environment=None, at="submission", **others):
        if "--auth" not in options and "--user" not in options:
            options = [*options, "--user", "alice", "--password-env", VARIABLE]
            environment = {VARIABLE: "wonderland"}
        return super().send(*arguments, options=options, environment=environment, at=at, **others)


class DovecotSubmission(BehindLogin, Notifications, Authentication, Bulk):
    name = "dovecot-submission"
    server_kind = Dovecot
    relay = None
    login = (("--user", "alice", "--password-env", VARIABLE), {VARIABLE: "wonderland"})
    # A MAIL behind the content makes it crash, unless there is RSET between.
    batches = [
        ("submission", 300, 3000, "--pipeline", "--dots"),
        ("submission", 300, 3000, "--chunking"),
        ("submissions", 100, 1000, "--pipeline", "--recipients", "2"),
        ("submissions", 50, 1000, "--no-pipeline"),
    ]
    asked = "submission"
    bounced = "bounced@interop.test"
    all_ways = [("submission", ()), ("submission", ("--chunking",))]
    some_ways = [("submissions", ()), ("submissions", ("--chunking",))]
    mechanisms = [
        (at, mechanism, users)
        for at in ("submission", "submissions")
        for mechanism, users in (
            ("PLAIN", EVERYBODY), ("LOGIN", EVERYBODY), ("CRAM-MD5", EVERYBODY), ("SCRAM-SHA-1", EVERYBODY),
            ("SCRAM-SHA-256", EVERYBODY), ("XOAUTH2", ("alice",)), ("OAUTHBEARER", ("alice",)),
        )
    ]
    strongest = {"submission": "SCRAM-SHA-256", "submissions": "SCRAM-SHA-256"}
    not_offered = [("submission", "EXTERNAL")]

    def missing(self):
        return super().missing() or Postfix.missing()

    def make_server(self):
        folder = os.path.join(self.folder.name, "relay")
        os.chmod(self.folder.name, 0o755)
        os.mkdir(folder)
        self.relay = Postfix(folder, self.authority)
        self.relay.start()
        server = Dovecot(os.path.join(self.folder.name, "dovecot"), self.authority, self.relay.port("relay"))
        # What Dovecot takes is delivered by the server behind it, and its replies are that server's.
        server.delivered, server.delivered_raw = self.relay.delivered, self.relay.delivered_raw
        server.nothing_delivered, server.accepted_in_log = self.relay.nothing_delivered, self.relay.accepted_in_log
        server.refused_in_log = self.refused_by_relay
        log_of_its_own = server.log
        server.log = lambda: log_of_its_own() + self.relay.log()
        return server

    def refused_by_relay(self, recipient):
        """Dovecot puts the address before the other server's words."""
        address = f"<{recipient['address']}>"
        said = recipient["message"].replace(f"{address} {address}", address)
        return self.relay.refused_in_log({**recipient, "message": said})

    def stop_servers(self):
        try:
            super().stop_servers()
        finally:
            if self.relay:
                self.relay.stop()

    def test_extensions_after_login(self):
        """It offers more behind the login, and the tool takes that into account."""
        result = self.send(options=["--plan", "--dsn-envid", "e1"])
        mail = result.json["plan"]["transactions"][0]["mail"] if result.code == 0 else ""
        self.check("DSN behind the login", "ENVID=e1" in mail, result)
        before = self.probe("submission")
        keywords = {line["keyword"] for line in before.json["extensionsUnderTLS"]}
        self.check("DSN before the login", "DSN" not in keywords, before)

    def test_refusals(self):
        for name, code, reply in (("nosuch", 69, 550), ("tempfail", 75, 450)):
            recipients = ["b@interop.test", f"{name}@interop.test"]
            for options in ((), ("--chunking",)):
                result = self.send(recipients=recipients, options=options)
                said = (result.code, result.outcomes, result.error.get("code"))
                self.check(f"refused: {name} {options}", said == (code, ["accepted", "rejected"], reply), result)
                self.check(f"refused: {name} {options}, as delivered", len(self.server.delivered(1)) == 1)
                self.check(f"refused: {name} {options}, in the log", not self.agrees(result), result)
        for options in ((), ("--chunking",)):
            result = self.send(b"Subject: reject\n\nx\n", options=options)
            self.check(f"refused content {options}", (result.code, result.error.get("code")) == (69, 550), result)


class DovecotLMTP(Content, Questions, Security):
    """One reply for each recipient, whatever became of the others; over TCP, STARTTLS and a Unix socket."""

    name = "dovecot-lmtp"
    server_kind = Dovecot
    dialect = ("--lmtp",)
    protected, clear = ("starttls",), None
    all_ways = [("plain", ()), ("plain", ("--chunking",))]
    some_ways = [("unix", ()), ("unix", ("--chunking",)), ("starttls", ())]
    asked_at = ("plain", "unix", "starttls")
    questions = [
        ("VRFY b@interop.test", 501, "5.5.4", []),
        ("EXPN staff", 500, "5.5.1 Unknown command", []),
        ("ETRN interop.test", 500, "5.5.1 Unknown command", []),
        ("HELP", 500, "5.5.1 Unknown command", []),
    ]

    def test_replies_for_each_recipient(self):
        large = PLAIN + b"more than there is room for\n" * 100
        cases = [
            (["b", "nosuch", "carol"], ["accepted", "rejected", "accepted"], [250, 550, 250], 69),
            (["tempfail", "b"], ["rejected", "accepted"], [451, 250], 75),
            (["b", "small", "carol"], ["accepted", "rejected", "accepted"], [250, 552, 250], 69),
            (["small", "nosuch", "b"], ["rejected", "rejected", "accepted"], [552, 550, 250], 69),
            (["small"], ["rejected"], [552], 69),
            (["b", "b"], ["accepted", "accepted"], [250, 250], 0),
        ]
        for names, outcomes, codes, code in cases:
            for at in ("plain", "unix"):
                for options in ((), ("--chunking",)):
                    what = f"LMTP {names} at {at} {options}"
                    recipients = [f"{name}@interop.test" for name in names]
                    result = self.send(large, recipients=recipients, at=at, options=options)
                    said = (result.code, result.outcomes, [recipient["code"] for recipient in result.recipients])
                    self.check(what, said == (code, outcomes, codes), result)
                    # Who is named twice is answered twice, and has it once.
                    count = len({name for name, outcome in zip(names, outcomes) if outcome == "accepted"})
                    delivered = self.server.delivered(count) if count else self.server.nothing_delivered()
                    self.check(f"{what}, as delivered", delivered == [normal_form(large)] * count, delivered)
                    strange = self.agrees(result)
                    self.check(f"{what}, in the log", not strange, strange)
