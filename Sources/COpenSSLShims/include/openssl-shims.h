#pragma once

// What OpenSSL offers as macros only, and Swift therefore cannot see, as functions.

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/// The version of the library that is linked, as OPENSSL_VERSION_NUMBER has it.
unsigned long smtp_openssl_version(void);

/// Bounds the versions; 0 leaves a bound to OpenSSL. Returns 1 if both are possible.
int smtp_ssl_ctx_set_versions(SSL_CTX *context, int minimum, int maximum);

/// No renegotiation, no compression, no chain made up from the trusted certificates.
void smtp_ssl_ctx_set_options(SSL_CTX *context);

/// Hands new client sessions to the callback and keeps none inside.
void smtp_ssl_ctx_keep_sessions_outside(SSL_CTX *context);

/// Appends a certificate, which is retained, to the chain that is sent.
int smtp_ssl_ctx_add_chain_certificate(SSL_CTX *context, X509 *certificate);

/// Sets the name that a client asks for (SNI).
int smtp_ssl_set_host_name(SSL *ssl, const char *name);

/// Whether TLS 1.2 agreed on the extended master secret (RFC 7627).
int smtp_ssl_has_extended_master_secret(SSL *ssl);

/// Prints a distinguished name as RFC 2253 does, with its UTF-8 left as it is.
int smtp_x509_name_print(BIO *out, const X509_NAME *name);

/// The bytes that a memory BIO holds; they stay its own.
long smtp_bio_memory(BIO *bio, const unsigned char **bytes);

/// Frees what OpenSSL allocated.
void smtp_openssl_free(void *memory);
