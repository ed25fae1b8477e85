"""OpenSMTPD, which closes the connection where somebody pipelines."""

from servers.opensmtpd import OpenSMTPD

from .content import Content
from .extensions import Extensions, Notifications
from .refusals import Refusals


class OpenSMTPDSuite(Content, Refusals, Extensions, Notifications):
    name = "opensmtpd"
    server_kind = OpenSMTPD
    content_refusals = {}
    keywords = {"8BITMIME", "ENHANCEDSTATUSCODES", "SIZE", "DSN", "HELP"}
