// A neutral SMTP server for measuring clients: one thread, epoll, no policy, no disk.
//
// It takes what the grammar of a benchmark needs and answers each group of commands that arrived together by one write.
// With --expect it compares every message, octet by octet, with a file: a fast client that is wrong must not win. It
// prints its port, and when it is asked to end (SIGTERM) one line of JSON about what it saw.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_SIZE = 262144, OUTPUT_SIZE = 262144, LINE_SIZE = 4096 };

enum state { COMMANDS, DATA, CHUNK, REFUSED_CHUNK };

struct connection {
    int fd;
    enum state state;
    bool has_mail, is_last_chunk, is_wrong, is_closing, is_broken;
    unsigned recipients;
    size_t content_offset; // Within the expected octets.
    size_t chunk_left;
    unsigned tail; // Of DATA when nothing is expected: the last octets, to find the terminator.
    size_t line_length;
    char line[LINE_SIZE];
    size_t output_length;
    char output[OUTPUT_SIZE];
    unsigned delayed_count; // Reply groups still to be sent, which refer to this connection.
};

struct delayed {
    struct delayed *next;
    struct connection *connection;
    double due;
    bool closes;
    size_t length;
    char bytes[];
};

static struct {
    unsigned long messages, wrong, connections, reads, bytes;
} seen;

static char *expected_data, *expected_bdat; // The same message, with and without transparency and terminator.
static size_t expected_data_length, expected_bdat_length;
static char ehlo_reply[1024];
static double delay;
static struct delayed *first_delayed, **last_delayed = &first_delayed;
static volatile sig_atomic_t is_ending;
static int poller;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void on_signal(int number) {
    (void)number;
    is_ending = 1;
}

// MARK: What is expected

static void read_expected(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    expected_bdat = malloc(length + 1);
    expected_data = malloc(2 * (size_t)length + 8);
    if (!expected_bdat || !expected_data) die("malloc");
    if (fread(expected_bdat, 1, length, file) != (size_t)length) die(path);
    fclose(file);
    expected_bdat_length = length;
    char *out = expected_data;
    char before = '\n';
    for (long i = 0; i < length; i++) {
        if (before == '\n' && expected_bdat[i] == '.') *out++ = '.';
        before = *out++ = expected_bdat[i];
    }
    memcpy(out, ".\r\n", 3);
    expected_data_length = out + 3 - expected_data;
}

// MARK: Replies

static void send_all(struct connection *connection, const char *bytes, size_t length) {
    while (length > 0 && !connection->is_broken) {
        ssize_t count = send(connection->fd, bytes, length, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        // A client that does not read its replies is not worth waiting for.
        if (count < 0) connection->is_broken = true;
        else bytes += count, length -= count;
    }
}

static void reply(struct connection *connection, const char *text) {
    size_t length = strlen(text);
    if (connection->output_length + length > OUTPUT_SIZE) {
        connection->is_broken = true;
        return;
    }
    memcpy(connection->output + connection->output_length, text, length);
    connection->output_length += length;
}

// Sends the replies to a group, now or after the time a round trip takes.
static void flush(struct connection *connection) {
    if (connection->output_length == 0 && !connection->is_closing) return;
    if (delay == 0) {
        send_all(connection, connection->output, connection->output_length);
    } else {
        struct delayed *group = malloc(sizeof *group + connection->output_length);
        if (!group) die("malloc");
        *group = (struct delayed){NULL, connection, now() + delay, connection->is_closing, connection->output_length};
        memcpy(group->bytes, connection->output, connection->output_length);
        *last_delayed = group;
        last_delayed = &group->next;
        connection->delayed_count++;
    }
    connection->output_length = 0;
}

// MARK: Commands and content

static void message_ended(struct connection *connection, bool is_whole) {
    if (!is_whole) connection->is_wrong = true;
    if (connection->is_wrong) {
        seen.wrong++;
        reply(connection, "554 5.6.0 not what was expected\r\n");
    } else {
        seen.messages++;
        reply(connection, "250 2.0.0 taken\r\n");
    }
    connection->has_mail = connection->is_wrong = false;
    connection->recipients = 0;
    connection->content_offset = 0;
}

static bool starts(const char *line, const char *verb) {
    return strncasecmp(line, verb, strlen(verb)) == 0;
}

static void begin_chunk(struct connection *connection, char *line) {
    char *end;
    connection->chunk_left = strtoul(line + 5, &end, 10);
    connection->is_last_chunk = strcasestr(end, "LAST") != NULL;
    connection->state = connection->recipients > 0 ? CHUNK : REFUSED_CHUNK;
}

static void command(struct connection *connection, char *line) {
    if (starts(line, "EHLO") || starts(line, "HELO")) {
        reply(connection, line[0] == 'E' || line[0] == 'e' ? ehlo_reply : "250 sink\r\n");
    } else if (starts(line, "MAIL")) {
        bool may = !connection->has_mail;
        reply(connection, may ? "250 2.1.0 ok\r\n" : "503 5.5.1 nested MAIL\r\n");
        connection->has_mail = true;
    } else if (starts(line, "RCPT")) {
        bool may = connection->has_mail;
        reply(connection, may ? "250 2.1.5 ok\r\n" : "503 5.5.1 MAIL first\r\n");
        connection->recipients += may;
    } else if (starts(line, "DATA")) {
        bool may = connection->recipients > 0;
        reply(connection, may ? "354 end with a dot\r\n" : "503 5.5.1 RCPT first\r\n");
        if (may) connection->state = DATA, connection->tail = 0x0D0A;
    } else if (starts(line, "BDAT ")) {
        begin_chunk(connection, line);
    } else if (starts(line, "RSET")) {
        connection->has_mail = connection->is_wrong = false;
        connection->recipients = 0;
        connection->content_offset = 0;
        reply(connection, "250 2.0.0 ok\r\n");
    } else if (starts(line, "NOOP")) {
        reply(connection, "250 2.0.0 ok\r\n");
    } else if (starts(line, "QUIT")) {
        reply(connection, "221 2.0.0 bye\r\n");
        connection->is_closing = true;
    } else {
        reply(connection, "500 5.5.1 what?\r\n");
    }
}

// Each of these takes octets from the front of `bytes`, and returns how many.

static size_t take_line(struct connection *connection, const char *bytes, size_t length) {
    const char *end = memchr(bytes, '\n', length);
    size_t count = end ? (size_t)(end - bytes) + 1 : length;
    if (connection->line_length + count >= LINE_SIZE) {
        connection->is_broken = true;
        return length;
    }
    memcpy(connection->line + connection->line_length, bytes, count);
    connection->line_length += count;
    if (end) {
        connection->line[connection->line_length] = 0;
        connection->line_length = 0;
        command(connection, connection->line);
    }
    return count;
}

static size_t take_expected_data(struct connection *connection, const char *bytes, size_t length) {
    size_t left = expected_data_length - connection->content_offset;
    size_t count = length < left ? length : left;
    if (memcmp(bytes, expected_data + connection->content_offset, count) != 0) {
        // Where a wrong message ends cannot be told.
        seen.wrong++;
        reply(connection, "554 5.6.0 not what was expected\r\n");
        connection->is_closing = true;
        return length;
    }
    connection->content_offset += count;
    if (connection->content_offset == expected_data_length) {
        connection->state = COMMANDS;
        message_ended(connection, true);
    }
    return count;
}

static size_t take_any_data(struct connection *connection, const char *bytes, size_t length) {
    // The terminator is CRLF.CRLF; the tail holds up to four octets of what came before.
    unsigned long long tail = connection->tail;
    for (size_t i = 0; i < length; i++) {
        if (tail == 0) {
            const char *dot = memchr(bytes + i, '.', length - i);
            size_t skipped = dot ? (size_t)(dot - bytes) : length;
            for (size_t j = skipped - i > 4 ? skipped - 4 : i; j < skipped; j++) tail = tail << 8 | (unsigned char)bytes[j];
            i = skipped;
            if (i == length) break;
        }
        tail = (tail << 8 | (unsigned char)bytes[i]) & 0xFFFFFFFFFFull;
        if (tail == 0x0D0A2E0D0Aull) {
            connection->state = COMMANDS;
            message_ended(connection, true);
            return i + 1;
        }
        if (bytes[i] != '.' && bytes[i] != '\r' && bytes[i] != '\n') tail = 0;
    }
    connection->tail = (unsigned)tail;
    return length;
}

static size_t take_chunk(struct connection *connection, const char *bytes, size_t length) {
    size_t count = length < connection->chunk_left ? length : connection->chunk_left;
    connection->chunk_left -= count;
    if (connection->state == CHUNK && expected_bdat) {
        bool fits = connection->content_offset + count <= expected_bdat_length;
        if (!fits || memcmp(bytes, expected_bdat + connection->content_offset, count) != 0) connection->is_wrong = true;
        connection->content_offset += count;
    }
    if (connection->chunk_left > 0) return count;
    bool is_refused = connection->state == REFUSED_CHUNK;
    connection->state = COMMANDS;
    if (is_refused) reply(connection, "503 5.5.1 RCPT first\r\n");
    else if (!connection->is_last_chunk) reply(connection, "250 2.0.0 continue\r\n");
    else message_ended(connection, !expected_bdat || connection->content_offset == expected_bdat_length);
    return count;
}

static void received(struct connection *connection, const char *bytes, size_t length) {
    while (!connection->is_broken && !connection->is_closing) {
        bool has_empty_chunk = connection->state >= CHUNK && connection->chunk_left == 0;
        if (length == 0 && !has_empty_chunk) break;
        size_t count;
        switch (connection->state) {
        case COMMANDS: count = take_line(connection, bytes, length); break;
        case DATA:
            count = expected_data ? take_expected_data(connection, bytes, length)
                                  : take_any_data(connection, bytes, length);
            break;
        default: count = take_chunk(connection, bytes, length); break;
        }
        bytes += count;
        length -= count;
    }
}

// MARK: Connections

static void destroy(struct connection *connection) {
    if (connection->fd >= 0) close(connection->fd);
    connection->fd = -1;
    connection->is_broken = true;
    if (connection->delayed_count == 0) free(connection);
}

static void serve(struct connection *connection) {
    static char input[INPUT_SIZE];
    ssize_t count = recv(connection->fd, input, sizeof input, 0);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
        destroy(connection);
        return;
    }
    seen.reads++;
    seen.bytes += count;
    received(connection, input, count);
    flush(connection);
    bool is_over = connection->is_broken || (connection->is_closing && delay == 0);
    if (is_over) destroy(connection);
}

static void send_delayed(void) {
    double time = now();
    while (first_delayed && first_delayed->due <= time) {
        struct delayed *group = first_delayed;
        struct connection *connection = group->connection;
        first_delayed = group->next;
        if (!first_delayed) last_delayed = &first_delayed;
        connection->delayed_count--;
        send_all(connection, group->bytes, group->length);
        if (group->closes || connection->is_broken) destroy(connection);
        free(group);
    }
}

static void welcome(int listener) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) die("calloc");
    connection->fd = fd;
    seen.connections++;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    reply(connection, "220 sink ESMTP\r\n");
    flush(connection);
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

static void make_ehlo_reply(char *keywords) {
    strcpy(ehlo_reply, "250-sink\r\n");
    for (char *word = strtok(keywords, ","); word; word = strtok(NULL, ",")) {
        char line[64];
        snprintf(line, sizeof line, "250-%.50s\r\n", word);
        if (strlen(ehlo_reply) + strlen(line) < sizeof ehlo_reply) strcat(ehlo_reply, line);
    }
    // The last line has a space.
    char *last = ehlo_reply, *next;
    while ((next = strchr(last, '\n')) && next[1]) last = next + 1;
    last[3] = ' ';
}

static void run(int listener) {
    poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[64];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    while (!is_ending) {
        int timeout = -1;
        if (first_delayed) {
            double left = first_delayed->due - now();
            timeout = left > 0 ? (int)(left * 1000 + 0.999) : 0;
        }
        int count = epoll_wait(poller, events, 64, timeout);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr) serve(events[i].data.ptr);
            else welcome(listener);
        }
        if (delay > 0) send_delayed();
    }
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},   {"offer", required_argument, NULL, 'o'},
        {"delay", required_argument, NULL, 'd'},  {"expect", required_argument, NULL, 'e'}, {0},
    };
    int option, port = 0;
    char keywords[512] = "";
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p': port = atoi(optarg); break;
        case 'o': snprintf(keywords, sizeof keywords, "%s", optarg); break;
        case 'd': delay = atof(optarg) / 1000; break;
        case 'e': read_expected(optarg); break;
        default:
            fprintf(stderr, "usage: sink [--port N] [--offer PIPELINING,CHUNKING,…] [--delay MS] [--expect FILE]\n");
            return 64;
        }
    }
    make_ehlo_reply(keywords);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    run(make_listener(port));
    printf("{\"messages\":%lu,\"wrong\":%lu,\"connections\":%lu,\"reads\":%lu,\"bytes\":%lu}\n", seen.messages, seen.wrong,
           seen.connections, seen.reads, seen.bytes);
    return 0;
}
