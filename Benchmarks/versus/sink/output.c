// Replies: gathered for a group of commands, and sent in one write, at once or later.
#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct delayed {
    struct delayed *next;
    struct connection *connection;
    double due;
    bool closes;
    size_t length;
    char bytes[];
};

double delay;

static struct delayed *first_delayed, **last_delayed = &first_delayed;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void send_all(struct connection *connection, const char *bytes, size_t length) {
    while (length > 0 && !connection->is_broken) {
        long count = transmit(connection, bytes, length);
        if (count < 0 && errno == EINTR) continue;
        // A client that does not read its replies is not worth waiting for.
        if (count < 0) connection->is_broken = true;
        else bytes += count, length -= count;
    }
}

void reply(struct connection *connection, const char *text) {
    size_t length = strlen(text);
    if (connection->output_length + length > OUTPUT_SIZE) flush(connection);
    memcpy(connection->output + connection->output_length, text, length);
    connection->output_length += length;
}

void flush(struct connection *connection) {
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

double next_due(void) {
    if (!first_delayed) return -1;
    double left = first_delayed->due - now();
    return left > 0 ? left : 0;
}

void send_delayed(void (*destroy)(struct connection *)) {
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
