from servers.opensmtpd import OpenSMTPD

from .content import Content
from .refusals import Refusals


class OpenSMTPDSuite(Content, Refusals):
    name = "opensmtpd"
    server_kind = OpenSMTPD
    content_refusals = {}
