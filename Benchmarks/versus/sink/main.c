// A neutral SMTP server for measuring clients: one thread, epoll, no policy, no disk.
//
// It takes what the grammar of a benchmark needs and answers each group of commands that arrived together by one write.
// With --expect it compares every message, octet by octet, with a file: a fast client that is wrong must not win. It
// prints its port, and when it is asked to end (SIGTERM) one line of JSON about what it saw.
#include "sink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct seen seen;

static bool is_tls_implicit;
static volatile sig_atomic_t is_ending;
static int poller;

void die(const char *what) {
    perror(what);
    exit(1);
}

static void on_signal(int number) {
    (void)number;
    is_ending = 1;
}

static void destroy(struct connection *connection) {
    if (connection->fd >= 0) {
        end_tls(connection);
        close(connection->fd);
    }
    connection->fd = -1;
    connection->is_broken = true;
    if (connection->delayed_count == 0) free(connection);
}

static void greet(struct connection *connection) {
    reply(connection, "220 sink ESMTP\r\n");
    flush(connection);
}

static void serve(struct connection *connection) {
    static char input[INPUT_SIZE];
    if (connection->is_shaking_hands) {
        if (shake_hands(connection) && is_tls_implicit) greet(connection);
        if (connection->is_broken) destroy(connection);
        return;
    }
    long count = receive(connection, input, sizeof input);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
        connection->is_broken = true;
        destroy(connection);
        return;
    }
    seen.reads++;
    seen.bytes += count;
    received(connection, input, count);
    flush(connection);
    if (connection->wants_tls) begin_tls(connection);
    if (connection->is_broken || (connection->is_closing && delay == 0)) destroy(connection);
}

static void welcome(int listener) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = malloc(sizeof *connection);
    if (!connection) die("malloc");
    memset(connection, 0, offsetof(struct connection, line));
    connection->fd = fd;
    seen.connections++;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    if (is_tls_implicit) begin_tls(connection);
    else greet(connection);
}

static int make_listener(int port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (bind(fd, (struct sockaddr *)&address, length) != 0 || listen(fd, 1024) != 0) die("listen");
    getsockname(fd, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void run(int listener) {
    poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[64];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    while (!is_ending) {
        double left = next_due();
        int count = epoll_wait(poller, events, 64, left < 0 ? -1 : (int)(left * 1000 + 0.999));
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr) serve(events[i].data.ptr);
            else welcome(listener);
        }
        if (delay > 0) send_delayed(destroy);
    }
}

static void usage(void) {
    fprintf(stderr, "usage: sink [--port N] [--offer PIPELINING,CHUNKING,…] [--delay MS] [--expect FILE]\n"
                    "            [--recipients N] [--certificate FILE --key FILE [--implicit]]\n");
    exit(64);
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},        {"offer", required_argument, NULL, 'o'},
        {"delay", required_argument, NULL, 'd'},       {"expect", required_argument, NULL, 'e'},
        {"certificate", required_argument, NULL, 'c'}, {"key", required_argument, NULL, 'k'},
        {"recipients", required_argument, NULL, 'r'},  {"implicit", no_argument, NULL, 'i'}, {0},
    };
    int option, port = 0;
    char keywords[512] = "";
    const char *certificate = NULL, *key = NULL;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p': port = atoi(optarg); break;
        case 'o': snprintf(keywords, sizeof keywords, "%s", optarg); break;
        case 'd': delay = atof(optarg) / 1000; break;
        case 'e': read_expected(optarg); break;
        case 'c': certificate = optarg; break;
        case 'k': key = optarg; break;
        case 'r': expected_recipients = atoi(optarg); break;
        case 'i': is_tls_implicit = true; break;
        default: usage();
        }
    }
    if (!certificate != !key || (is_tls_implicit && !key)) usage();
    if (key) prepare_tls(certificate, key);
    make_ehlo_reply(keywords);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    run(make_listener(port));
    printf("{\"messages\":%lu,\"wrong\":%lu,\"connections\":%lu,\"reads\":%lu,\"bytes\":%lu}\n", seen.messages, seen.wrong,
           seen.connections, seen.reads, seen.bytes);
    return 0;
}
