"""What is tried. A further server or subject is one more class in SUITES."""

from .failures import Failures
from .large import Large
from .on_aiosmtpd import AiosmtpdSuite
from .on_dovecot import DovecotLMTP, DovecotSubmission
from .on_exim import EximAuthentication, EximSuite
from .on_openssl import OpenSSLSuite
from .on_opensmtpd import OpenSMTPDSuite
from .on_postfix import PostfixAuthentication, PostfixSecurity, PostfixSuite
from .on_sendmail import SendmailSuite

# Those that take longest come first, as some run at the same time.
SUITES = [
    PostfixSuite, EximSuite, DovecotSubmission, PostfixSecurity, DovecotLMTP, PostfixAuthentication, Large, SendmailSuite,
    AiosmtpdSuite, OpenSMTPDSuite, EximAuthentication, OpenSSLSuite, Failures,
]
