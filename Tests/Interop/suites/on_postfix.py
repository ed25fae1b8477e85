from servers.postfix import Postfix

from .content import Content
from .refusals import Refusals


class PostfixSuite(Content, Refusals):
    name = "postfix"
    server_kind = Postfix
    all_ways = [("plain", ()), ("plain", ("--chunking",))]
    some_ways = [("starttls", ()), ("tls", ("--chunking",))]
