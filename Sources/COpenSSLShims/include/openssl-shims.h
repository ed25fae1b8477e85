#pragma once

// What OpenSSL offers as macros only, and Swift therefore cannot see, as functions.

#include <openssl/ssl.h>

/// The version of the library that is linked, as OPENSSL_VERSION_NUMBER has it.
unsigned long smtp_openssl_version(void);
