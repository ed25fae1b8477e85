// The yardstick: TLS over blocking sockets, as plain as C can be, on the same OpenSSL; and the server for both sides.
//
//   tls-c serve CHAIN KEY                        prints its port; greets, reads to the end, answers, closes
//   tls-c upload PORT CA BYTES                   one connection
//   tls-c handshakes PORT CA COUNT               connections one after the other
//   tls-c resumed PORT CA COUNT                  the same, each resuming the session of the one before
//   tls-c connects PORT CA COUNT                 connections without TLS, closed at once: what the socket alone costs
//   tls-c ping PORT CA COUNT                     one connection, a short line each way COUNT times
//   tls-c messages PORT CA COUNT                 one connection, COUNT messages of 1 KiB, each command awaited
//
// Clients print: seconds, CPU seconds of this process meanwhile, peak memory in KiB, and how much of what is resident at
// the end is this process's own, not pages of files (0 where the system does not tell).

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
    perror(what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

// MARK: The server

struct accepted {
    SSL_CTX *context;
    int socket;
};

static void *serve_one(void *argument) {
    struct accepted accepted = *(struct accepted *)argument;
    free(argument);
    SSL *ssl = SSL_new(accepted.context);
    SSL_set_fd(ssl, accepted.socket);
    char *buffer = malloc(65536);
    if (SSL_accept(ssl) == 1 && SSL_write(ssl, "220 ready\r\n", 11) == 11) {
        int count;
        while ((count = SSL_read(ssl, buffer, 65536)) > 0) {
            // Whole lines are commands or a message; what is uploaded has no line end.
            if (count > 4096 || buffer[count - 1] != '\n') continue;
            const char *reply = memcmp(buffer, "DATA", 4) == 0 ? "354 go\r\n" : "250 ok\r\n";
            if (SSL_write(ssl, reply, 8) != 8) break;
        }
        if (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) {
            SSL_write(ssl, "221 end\r\n", 9);
            SSL_shutdown(ssl);
        }
    }
    ERR_clear_error();
    free(buffer);
    SSL_free(ssl);
    close(accepted.socket);
    return NULL;
}

static void serve(const char *chain, const char *key) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, chain) != 1) die("chain");
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) die("key");
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 128) != 0) die("listen");
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (;;) {
        struct accepted *accepted = malloc(sizeof *accepted);
        accepted->context = context;
        accepted->socket = accept(listener, NULL, NULL);
        if (accepted->socket < 0) {
            free(accepted);
            continue;
        }
        int on = 1;
        setsockopt(accepted->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        pthread_t thread;
        if (pthread_create(&thread, &attributes, serve_one, accepted) != 0) {
            close(accepted->socket);
            free(accepted);
        }
    }
}

// MARK: The client

static SSL_SESSION *last_session;

static int keep_session(SSL *ssl, SSL_SESSION *session) {
    (void)ssl;
    SSL_SESSION_free(last_session);
    last_session = session;
    return 1;
}

static SSL_CTX *client_context(const char *ca) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (SSL_CTX_load_verify_locations(context, ca, NULL) != 1) die("ca");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
    return context;
}

static int connect_tcp(int port) {
    int handle = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(handle, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
    int on = 1;
    setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return handle;
}

static SSL *connect_tls(SSL_CTX *context, int port, int *descriptor, int resumes) {
    int handle = connect_tcp(port);
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, handle);
    SSL_set_tlsext_host_name(ssl, "mail.example");
    SSL_set1_host(ssl, "mail.example");
    if (resumes && last_session != NULL) SSL_set_session(ssl, last_session);
    if (SSL_connect(ssl) != 1) die("handshake");
    char greeting[64];
    if (SSL_read(ssl, greeting, sizeof greeting) <= 0) die("greeting");
    *descriptor = handle;
    return ssl;
}

static void disconnect(SSL *ssl, int descriptor) {
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(descriptor);
}

static void upload(SSL_CTX *context, int port, long count) {
    int descriptor;
    SSL *ssl = connect_tls(context, port, &descriptor, 0);
    static char piece[65536];
    memset(piece, 'x', sizeof piece);
    for (long left = count; left > 0; left -= sizeof piece) {
        int size = left < (long)sizeof piece ? (int)left : (int)sizeof piece;
        if (SSL_write(ssl, piece, size) != size) die("write");
    }
    SSL_shutdown(ssl);
    char answer[64];
    if (SSL_read(ssl, answer, sizeof answer) <= 0) die("answer");
    SSL_free(ssl);
    close(descriptor);
}

static void handshakes(SSL_CTX *context, int port, long count, int resumes) {
    for (long index = 0; index < count; index++) {
        int descriptor;
        SSL *ssl = connect_tls(context, port, &descriptor, resumes);
        if (resumes && index > 0 && !SSL_session_reused(ssl)) die("not resumed");
        disconnect(ssl, descriptor);
    }
}

static void connects(int port, long count) {
    for (long index = 0; index < count; index++) close(connect_tcp(port));
}

static void ping(SSL_CTX *context, int port, long count) {
    int descriptor;
    SSL *ssl = connect_tls(context, port, &descriptor, 0);
    char reply[64];
    for (long index = 0; index < count; index++) {
        if (SSL_write(ssl, "NOOP\r\n", 6) != 6 || SSL_read(ssl, reply, sizeof reply) <= 0) die("ping");
    }
    disconnect(ssl, descriptor);
}

static void command(SSL *ssl, const char *bytes, int count) {
    char reply[64];
    if (SSL_write(ssl, bytes, count) != count || SSL_read(ssl, reply, sizeof reply) <= 0 || reply[0] > '3') die("reply");
}

static void messages(SSL_CTX *context, int port, long count) {
    int descriptor;
    SSL *ssl = connect_tls(context, port, &descriptor, 0);
    static const char mail[] = "MAIL FROM:<sender@bench.example>\r\n", rcpt[] = "RCPT TO:<rcpt0@bench.example>\r\n";
    // The content is encoded for each message, as any client must.
    static char content[1024], encoded[2 * sizeof content + 3];
    for (size_t index = 0; index < sizeof content; index++) content[index] = index % 64 == 63 ? '\n' : 'x';
    command(ssl, "EHLO bench.example\r\n", 20);
    for (long index = 0; index < count; index++) {
        command(ssl, mail, sizeof mail - 1);
        command(ssl, rcpt, sizeof rcpt - 1);
        command(ssl, "DATA\r\n", 6);
        size_t length = 0;
        for (size_t offset = 0; offset < sizeof content; offset++) {
            if (content[offset] == '\n') encoded[length++] = '\r';
            encoded[length++] = content[offset];
        }
        memcpy(encoded + length, ".\r\n", 3);
        command(ssl, encoded, (int)length + 3);
    }
    disconnect(ssl, descriptor);
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static long private_memory(void) {
    char line[256];
    long amount = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) sscanf(line, "RssAnon: %ld", &amount);
    if (status) fclose(status);
    return amount;
}

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 4 && strcmp(arguments[1], "serve") == 0) serve(arguments[2], arguments[3]);
    if (count != 5) {
        fprintf(stderr, "usage: tls-c serve CHAIN KEY | upload|handshakes|resumed|connects|ping|messages PORT CA COUNT\n");
        return 64;
    }
    int port = atoi(arguments[2]);
    SSL_CTX *context = client_context(arguments[3]);
    long amount = atol(arguments[4]);
    struct timespec start, end;
    double cpu = cpu_seconds();
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (strcmp(arguments[1], "upload") == 0) upload(context, port, amount);
    else if (strcmp(arguments[1], "handshakes") == 0) handshakes(context, port, amount, 0);
    else if (strcmp(arguments[1], "resumed") == 0) handshakes(context, port, amount, 1);
    else if (strcmp(arguments[1], "connects") == 0) connects(port, amount);
    else if (strcmp(arguments[1], "ping") == 0) ping(context, port, amount);
    else if (strcmp(arguments[1], "messages") == 0) messages(context, port, amount);
    else return 64;
    clock_gettime(CLOCK_MONOTONIC, &end);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%.6f %.6f %ld %ld\n", end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9,
           cpu_seconds() - cpu, usage.ru_maxrss, private_memory());
    return 0;
}
