"""aiosmtpd, as many test suites of other programs use it."""

from servers.aiosmtpd import Aiosmtpd

from .authentication import Authentication
from .bulk import Bulk
from .content import Content
from .extensions import Extensions
from .questions import Questions
from .refusals import Refusals
from .security import Security


class AiosmtpdSuite(Content, Refusals, Extensions, Security, Authentication, Questions, Bulk):
    name = "aiosmtpd"
    server_kind = Aiosmtpd
    batches = [("plain", 200, 1000), ("plain", 100, 1000, "--dots", "--connections", "3"), ("starttls", 100, 1000)]
    some_ways = [("starttls", ()), ("tls", ())]
    keywords = {"SIZE", "8BITMIME", "SMTPUTF8", "HELP"}
    asked_at = ("plain", "starttls", "tls")
    questions = [
        ("VRFY b@interop.test", 252, "will accept message", []),
        ("EXPN staff", 502, "not implemented", []),
        ("ETRN interop.test", 500, "not recognized", []),
        ("HELP", 250, "Supported commands: ", []),
        ("HELP MAIL", 250, "Syntax: MAIL FROM: <address>", []),
    ]
    shows_recipient = False
    mechanisms = [
        (at, mechanism, ("alice", "bob")) for at in ("submission", "submissions") for mechanism in ("PLAIN", "LOGIN")
    ]
    strongest = {"submission": "PLAIN"}
    not_offered = [("submission", "SCRAM-SHA-256"), ("submissions", "XOAUTH2"), ("starttls", "PLAIN")]
    locked = {"submission": (77, "authentication"), "submissions": (77, "authentication")}
