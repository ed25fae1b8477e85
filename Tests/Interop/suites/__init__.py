"""What is tried. A further server or subject is one more class in SUITES."""

from .failures import Failures
from .on_aiosmtpd import AiosmtpdSuite
from .on_exim import EximSuite
from .on_opensmtpd import OpenSMTPDSuite
from .on_postfix import PostfixSuite

SUITES = [Failures, PostfixSuite, EximSuite, OpenSMTPDSuite, AiosmtpdSuite]
