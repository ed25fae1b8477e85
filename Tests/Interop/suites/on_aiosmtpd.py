from servers.aiosmtpd import Aiosmtpd

from .content import Content
from .refusals import Refusals


class AiosmtpdSuite(Content, Refusals):
    name = "aiosmtpd"
    server_kind = Aiosmtpd
    some_ways = [("starttls", ()), ("tls", ())]
