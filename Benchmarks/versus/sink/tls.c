// Reading and writing, in clear or by OpenSSL.
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static SSL_CTX *context;

static void die_of_tls(const char *what) {
    fprintf(stderr, "sink: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

void prepare_tls(const char *certificate, const char *key) {
    context = SSL_CTX_new(TLS_server_method());
    if (!context || SSL_CTX_use_certificate_chain_file(context, certificate) != 1) die_of_tls(certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) die_of_tls(key);
    // A handshake each: nothing is resumed.
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

void begin_tls(struct connection *connection) {
    connection->wants_tls = false;
    if (!context) {
        connection->is_broken = true;
        return;
    }
    fcntl(connection->fd, F_SETFL, fcntl(connection->fd, F_GETFL) | O_NONBLOCK);
    connection->ssl = SSL_new(context);
    if (!connection->ssl || SSL_set_fd(connection->ssl, connection->fd) != 1) die_of_tls("SSL_new");
    SSL_set_accept_state(connection->ssl);
    connection->is_shaking_hands = true;
}

bool shake_hands(struct connection *connection) {
    ERR_clear_error();
    int result = SSL_do_handshake(connection->ssl);
    if (result == 1) {
        connection->is_shaking_hands = false;
        return true;
    }
    int error = SSL_get_error(connection->ssl, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) connection->is_broken = true;
    return false;
}

void end_tls(struct connection *connection) {
    if (!connection->ssl) return;
    if (!connection->is_broken) SSL_shutdown(connection->ssl);
    SSL_free(connection->ssl);
    connection->ssl = NULL;
    ERR_clear_error();
}

// All records that are here, so that what was sent together is answered together.
static long receive_records(struct connection *connection, char *bytes, size_t length) {
    size_t total = 0;
    while (length - total >= 16384) {
        ERR_clear_error();
        int count = SSL_read(connection->ssl, bytes + total, length - total);
        if (count <= 0) {
            int error = SSL_get_error(connection->ssl, count);
            if (total > 0) break;
            if (error == SSL_ERROR_WANT_READ) errno = EAGAIN;
            return error == SSL_ERROR_WANT_READ ? -1 : 0;
        }
        total += count;
    }
    return total;
}

long receive(struct connection *connection, char *bytes, size_t length) {
    if (connection->ssl) return receive_records(connection, bytes, length);
    return recv(connection->fd, bytes, length, 0);
}

long transmit(struct connection *connection, const char *bytes, size_t length) {
    if (!connection->ssl) return send(connection->fd, bytes, length, MSG_NOSIGNAL);
    for (;;) {
        ERR_clear_error();
        int count = SSL_write(connection->ssl, bytes, length);
        if (count > 0) return count;
        if (SSL_get_error(connection->ssl, count) != SSL_ERROR_WANT_WRITE) {
            errno = EIO;
            return -1;
        }
        struct pollfd waiting = {.fd = connection->fd, .events = POLLOUT};
        poll(&waiting, 1, -1);
    }
}
