#include "openssl-shims.h"

unsigned long smtp_openssl_version(void) { return OpenSSL_version_num(); }
