// Two ways to give OpenSSL its ciphertext from memory, one thread, no socket: its own memory BIO, and a BIO that appends
// to an array and reads from memory that is lent to it, which is what TLSEngine does.
//
//   bio-c CHAIN KEY        prints MB of plaintext a second, each way, for both

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct buffer {
    unsigned char *bytes;
    size_t count, capacity;
    const unsigned char *incoming;
    size_t incoming_count;
};

static int append(BIO *bio, const char *bytes, int count) {
    struct buffer *buffer = BIO_get_data(bio);
    if (buffer->count + count > buffer->capacity) {
        buffer->capacity = (buffer->count + count) * 2;
        buffer->bytes = realloc(buffer->bytes, buffer->capacity);
    }
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    return count;
}

static int take(BIO *bio, char *bytes, int count) {
    struct buffer *buffer = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (buffer->incoming_count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    if ((size_t)count > buffer->incoming_count) count = (int)buffer->incoming_count;
    memcpy(bytes, buffer->incoming, count);
    buffer->incoming += count;
    buffer->incoming_count -= count;
    return count;
}

static long control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

struct side {
    SSL *ssl;
    struct buffer buffer;
    BIO *in, *out;
};

static void attach(struct side *side, BIO_METHOD *method) {
    if (method != NULL) {
        BIO *bio = BIO_new(method);
        BIO_set_data(bio, &side->buffer);
        BIO_set_init(bio, 1);
        SSL_set_bio(side->ssl, bio, bio);
    } else {
        side->in = BIO_new(BIO_s_mem());
        side->out = BIO_new(BIO_s_mem());
        SSL_set_bio(side->ssl, side->in, side->out);
    }
}

// One copy into the "network" and, for the memory BIO, one out of it.
static void carry(struct side *from, struct side *to) {
    static unsigned char wire[1 << 20];
    if (from->out == NULL) {
        memcpy(wire, from->buffer.bytes, from->buffer.count);
        to->buffer.incoming = wire;
        to->buffer.incoming_count = from->buffer.count;
        from->buffer.count = 0;
    } else {
        char *bytes;
        long count = BIO_get_mem_data(from->out, &bytes);
        memcpy(wire, bytes, count);
        (void)BIO_reset(from->out);
        BIO_write(to->in, wire, (int)count);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void measure(const char *name, SSL_CTX *client, SSL_CTX *server, BIO_METHOD *method) {
    struct side near = {.ssl = SSL_new(client)}, far = {.ssl = SSL_new(server)};
    attach(&near, method);
    attach(&far, method);
    SSL_set_connect_state(near.ssl);
    SSL_set_accept_state(far.ssl);
    for (int round = 0; round < 4; round++) {
        SSL_do_handshake(near.ssl);
        carry(&near, &far);
        SSL_do_handshake(far.ssl);
        carry(&far, &near);
    }
    static unsigned char piece[65536], plain[16384];
    size_t count;
    SSL_read_ex(near.ssl, plain, sizeof plain, &count);
    double out = 0, in = 0;
    for (int index = 0; index < 16000; index++) {
        double start = now();
        ERR_clear_error();
        if (SSL_write_ex(near.ssl, piece, sizeof piece, &count) != 1) exit(1);
        carry(&near, &far);
        double middle = now();
        while (SSL_read_ex(far.ssl, plain, sizeof plain, &count) == 1) {}
        out += middle - start;
        in += now() - middle;
    }
    printf("%s: out %.0f MB/s, in %.0f MB/s\n", name, 1000 / out, 1000 / in);
    SSL_free(near.ssl);
    SSL_free(far.ssl);
    free(near.buffer.bytes);
    free(far.buffer.bytes);
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    SSL_CTX *client = SSL_CTX_new(TLS_client_method()), *server = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(server, arguments[1]) != 1) return 66;
    if (SSL_CTX_use_PrivateKey_file(server, arguments[2], SSL_FILETYPE_PEM) != 1) return 66;
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "lent");
    BIO_meth_set_write(method, append);
    BIO_meth_set_read(method, take);
    BIO_meth_set_ctrl(method, control);
    for (int round = 0; round < 5; round++) {
        measure("memory BIO", client, server, NULL);
        measure("own BIO   ", client, server, method);
    }
    return 0;
}
