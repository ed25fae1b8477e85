"""OpenSMTPD, which closes the connection where somebody pipelines."""

import re

from servers.opensmtpd import OpenSMTPD

from .bulk import Bulk
from .content import Content
from .extensions import Extensions, Notifications
from .refusals import Refusals


class OpenSMTPDSuite(Content, Refusals, Extensions, Notifications, Bulk):
    name = "opensmtpd"
    server_kind = OpenSMTPD
    batches = [("plain", 100, 1000), ("plain", 100, 1000, "--dots", "--connections", "3")]
    refuses_sevens = False
    content_refusals = {}
    # Its reports are in words of its own, and bear no identifier.
    report_pattern, success_words = re.compile(rb"Subject: Delivery status notification"), ("delivered",)
    keywords = {"8BITMIME", "ENHANCEDSTATUSCODES", "SIZE", "DSN", "HELP"}
