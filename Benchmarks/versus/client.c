// The yardstick: a blocking client that does what the protocol asks for and nothing else.
//
// client PORT FILE MESSAGES lock-step|pipelined|streamed|file
//
// lock-step: four round trips a message, one write and one read each. pipelined: content and RSET MAIL RCPT DATA of the
// next message in one write. streamed: RSET MAIL RCPT BDAT for many messages in one write (what a server takes at most).
// file: the content is read and encoded while it is sent, for large ones. No timeouts, no cancellation, no report: it
// ends at the first surprise.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536, BATCH = 64 };

static const char MAIL[] = "MAIL FROM:<sender@bench.example>\r\n";
static const char RCPT[] = "RCPT TO:<rcpt0@bench.example>\r\n";
static const char ENVELOPE[] =
    "RSET\r\nMAIL FROM:<sender@bench.example>\r\nRCPT TO:<rcpt0@bench.example>\r\nDATA\r\n";

static int fd;
static char input[65536];
static size_t input_start, input_end;

static void die(const char *what) {
    fprintf(stderr, "client: %s\n", what);
    exit(1);
}

static void put(const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL);
        if (count <= 0) die("send");
        bytes += count;
        length -= count;
    }
}

// Reads one reply, of any number of lines, and checks its first digit.
static void expect(char digit) {
    for (;;) {
        char *start = input + input_start;
        char *end = memchr(start, '\n', input_end - input_start);
        if (end) {
            input_start = end + 1 - input;
            if (start[0] != digit) die("unexpected reply");
            if (start[3] == '-') continue;
            return;
        }
        memmove(input, start, input_end - input_start);
        input_end -= input_start;
        input_start = 0;
        ssize_t count = recv(fd, input + input_end, sizeof input - input_end, 0);
        if (count <= 0) die("recv");
        input_end += count;
    }
}

// Transparency; the content has CRLF already. `is_line_start` is carried from piece to piece.
static size_t encode(const char *from, size_t length, char *to, bool *is_line_start) {
    char *out = to;
    const char *end = from + length;
    while (from < end) {
        if (*is_line_start && *from == '.') *out++ = '.';
        const char *newline = memchr(from, '\n', end - from);
        size_t count = newline ? (size_t)(newline + 1 - from) : (size_t)(end - from);
        memcpy(out, from, count);
        out += count;
        from += count;
        *is_line_start = newline != NULL;
    }
    return out - to;
}

static void send_content(const char *content, size_t length, char *encoded) {
    bool is_line_start = true;
    size_t count = encode(content, length, encoded, &is_line_start);
    memcpy(encoded + count, ".\r\n", 3);
    put(encoded, count + 3);
    expect('2');
}

static void send_pipelined(const char *content, size_t length, char *encoded, long messages) {
    put(ENVELOPE, sizeof ENVELOPE - 1);
    for (long left = messages; left > 0; left--) {
        for (int i = 0; i < 3; i++) expect('2');
        expect('3');
        bool is_line_start = true;
        size_t count = encode(content, length, encoded, &is_line_start);
        memcpy(encoded + count, ".\r\n", 3);
        count += 3;
        if (left > 1) {
            memcpy(encoded + count, ENVELOPE, sizeof ENVELOPE - 1);
            count += sizeof ENVELOPE - 1;
        }
        put(encoded, count);
        expect('2');
    }
}

static void send_file(const char *path) {
    static char piece[PIECE], encoded[2 * PIECE];
    int file = open(path, O_RDONLY);
    bool is_line_start = true;
    ssize_t count;
    while ((count = read(file, piece, sizeof piece)) > 0) put(encoded, encode(piece, count, encoded, &is_line_start));
    put(".\r\n", 3);
    close(file);
    expect('2');
}

static void send_streamed(const char *content, size_t length, long messages) {
    char head[256];
    int head_length = snprintf(head, sizeof head, "RSET\r\n%s%sBDAT %zu LAST\r\n", MAIL, RCPT, length);
    size_t unit = head_length + length;
    char *batch = malloc(unit * BATCH);
    for (int i = 0; i < BATCH; i++) {
        memcpy(batch + i * unit, head, head_length);
        memcpy(batch + i * unit + head_length, content, length);
    }
    // One batch stays under way while the replies to the one before it are read.
    long sent = 0, answered = 0;
    while (answered < messages) {
        while (sent < messages && sent - answered <= BATCH) {
            long count = messages - sent < BATCH ? messages - sent : BATCH;
            put(batch, unit * count);
            sent += count;
        }
        long count = sent - answered < BATCH ? sent - answered : BATCH;
        for (long i = 0; i < 4 * count; i++) expect('2');
        answered += count;
    }
}

int main(int argc, char **argv) {
    if (argc != 5) die("usage: client PORT FILE MESSAGES lock-step|pipelined|streamed|file");
    const char *mode = argv[4];
    long messages = atol(argv[3]);
    struct stat status;
    if (stat(argv[2], &status) != 0) die(argv[2]);
    size_t length = status.st_size;
    bool is_file = strcmp(mode, "file") == 0;
    char *content = NULL, *encoded = NULL;
    if (!is_file) {
        content = malloc(length);
        encoded = malloc(2 * length + 3 + sizeof ENVELOPE);
        int file = open(argv[2], O_RDONLY);
        if (read(file, content, length) != (ssize_t)length) die(argv[2]);
        close(file);
    }
    fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
    expect('2');
    put("EHLO bench.example\r\n", 20);
    expect('2');
    if (strcmp(mode, "streamed") == 0) {
        send_streamed(content, length, messages);
        messages = 0;
    } else if (strcmp(mode, "pipelined") == 0) {
        send_pipelined(content, length, encoded, messages);
        messages = 0;
    }
    for (long i = 0; i < messages; i++) {
        put(MAIL, sizeof MAIL - 1);
        expect('2');
        put(RCPT, sizeof RCPT - 1);
        expect('2');
        put("DATA\r\n", 6);
        expect('3');
        if (is_file) send_file(argv[2]);
        else send_content(content, length, encoded);
    }
    put("QUIT\r\n", 6);
    expect('2');
    return 0;
}
