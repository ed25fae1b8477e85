"""What is tried. A further server or subject is one more class in SUITES."""

from .failures import Failures
from .on_aiosmtpd import AiosmtpdSuite
from .on_exim import EximAuthentication, EximSuite
from .on_opensmtpd import OpenSMTPDSuite
from .on_postfix import PostfixAuthentication, PostfixSecurity, PostfixSuite

SUITES = [
    Failures, PostfixSuite, PostfixSecurity, PostfixAuthentication, EximSuite, EximAuthentication, OpenSMTPDSuite,
    AiosmtpdSuite,
]
