"""sendmail, which alone has DELIVERBY."""

from servers.sendmail import Sendmail

from .bulk import Bulk
from .content import Content
from .extensions import Extensions, Notifications
from .questions import Questions
from .refusals import Refusals


class SendmailSuite(Content, Refusals, Extensions, Notifications, Questions, Bulk):
    name = "sendmail"
    server_kind = Sendmail
    some_ways = [("starttls", ()), ("tls", ())]
    closing, senders, content_refusals = {}, {}, {}
    keywords = {
        "ENHANCEDSTATUSCODES", "PIPELINING", "EXPN", "VERB", "8BITMIME", "SIZE", "DSN", "ETRN", "AUTH", "STARTTLS",
        "DELIVERBY", "HELP",
    }
    asked_at = ("plain", "starttls")
    questions = [
        # The configuration makes every address of the domain another, which the server tells.
        ("VRFY b@interop.test", 250, "2.1.5 ", ["nobody@sendmail.interop.test"]),
        ("VRFY b", 250, "2.1.5 ", ["b@sendmail.interop.test"]),
        ('VRFY "b c"', 250, "2.1.5 ", ['"b c"@sendmail.interop.test']),
        ("EXPN staff", 250, "2.1.5 ", ["jones@sendmail.interop.test", "fred@sendmail.interop.test"]),
        ("ETRN interop.test", 250, "2.0.0 Queuing for node interop.test started", []),
        ("HELP", 214, "This is sendmail", []),
        ("HELP MAIL", 214, "MAIL From:<sender> [ <parameters> ]", []),
        ("HELP NONSENSE", 504, "unknown", []),
    ]
    questions_in_log = [("<<< EXPN staff",), (">>> 250 2.0.0 Queuing for node interop.test started",)]
    refuses_sevens = False
    batches = [("plain", 60, 1000, "--no-pipeline"), ("plain", 100, 3000, "--pipeline", "--dots"), ("tls", 60, 1000)]

    def test_deliver_by(self):
        # A server whose mailer knows no DELIVERBY reports that it passed the message on.
        result = self.send(options=["--deliver-by", "3600,NT"])
        self.check("DELIVERBY", result.is_ok, result)
        delivered = self.server.delivered_raw(2)
        told = [message for message in delivered if b"Deliver-By notify mode" in message]
        self.check("DELIVERBY, with its report", (len(delivered), len(told)) == (2, 1), delivered)
