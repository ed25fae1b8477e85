from servers.exim import Exim

from .content import Content
from .refusals import Refusals


class EximSuite(Content, Refusals):
    name = "exim"
    server_kind = Exim
    all_ways = [("plain", ()), ("plain", ("--chunking",))]
    some_ways = [("starttls", ()), ("tls", ("--chunking",)), ("no pipelining", ()), ("no synchronisation", ("--chunking",))]
