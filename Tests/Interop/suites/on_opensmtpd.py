"""OpenSMTPD, which closes the connection where somebody pipelines."""

import re

from servers.opensmtpd import OpenSMTPD

from .bulk import Bulk
from .content import Content
from .extensions import Extensions, Notifications
from .questions import Questions
from .refusals import Refusals


class OpenSMTPDSuite(Content, Refusals, Extensions, Notifications, Questions, Bulk):
    name = "opensmtpd"
    server_kind = OpenSMTPD
    batches = [("plain", 100, 1000), ("plain", 100, 1000, "--dots", "--connections", "3")]
    refuses_sevens = False
    content_refusals = {}
    # Its reports are in words of its own, and bear no identifier.
    report_pattern, success_words = re.compile(rb"Subject: Delivery status notification"), ("delivered",)
    questions = [
        ("VRFY b@interop.test", 500, "5.5.1", []),
        ("EXPN staff", 500, "5.5.1", []),
        ("ETRN interop.test", 500, "5.5.1", []),
        ("HELP", 214, "This is OpenSMTPD", []),
        ("HELP MAIL", 500, "5.5.4", []),
    ]
    keywords = {"8BITMIME", "ENHANCEDSTATUSCODES", "SIZE", "DSN", "HELP"}
