// The dialogue: commands one by one, in whatever pieces they come.
#define _GNU_SOURCE
#include "sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

unsigned expected_recipients;

static char ehlo_reply[1024];

void make_ehlo_reply(char *keywords) {
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

static void reset(struct connection *connection) {
    connection->has_mail = connection->is_wrong = false;
    connection->recipients = 0;
    connection->content_offset = 0;
}

void message_ended(struct connection *connection, bool is_whole) {
    bool has_all = expected_recipients == 0 || connection->recipients == expected_recipients;
    if (!is_whole || !has_all || connection->is_wrong) {
        seen.wrong++;
        reply(connection, "554 5.6.0 not what was expected\r\n");
    } else {
        seen.messages++;
        reply(connection, "250 2.0.0 taken\r\n");
    }
    reset(connection);
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
    if (starts(line, "RCPT")) {
        bool may = connection->has_mail;
        reply(connection, may ? "250 2.1.5 ok\r\n" : "503 5.5.1 MAIL first\r\n");
        connection->recipients += may;
    } else if (starts(line, "MAIL")) {
        bool may = !connection->has_mail;
        reply(connection, may ? "250 2.1.0 ok\r\n" : "503 5.5.1 nested MAIL\r\n");
        connection->has_mail = true;
    } else if (starts(line, "DATA")) {
        bool may = connection->recipients > 0;
        reply(connection, may ? "354 end with a dot\r\n" : "503 5.5.1 RCPT first\r\n");
        if (may) connection->state = DATA, connection->tail = 0x0D0A;
    } else if (starts(line, "BDAT ")) {
        begin_chunk(connection, line);
    } else if (starts(line, "RSET")) {
        reset(connection);
        reply(connection, "250 2.0.0 ok\r\n");
    } else if (starts(line, "EHLO")) {
        reset(connection);
        reply(connection, ehlo_reply);
    } else if (starts(line, "HELO") || starts(line, "NOOP")) {
        reply(connection, "250 2.0.0 ok\r\n");
    } else if (starts(line, "STARTTLS")) {
        reply(connection, "220 2.0.0 ready\r\n");
        connection->wants_tls = true;
    } else if (starts(line, "QUIT")) {
        reply(connection, "221 2.0.0 bye\r\n");
        connection->is_closing = true;
    } else {
        reply(connection, "500 5.5.1 what?\r\n");
    }
}

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

void received(struct connection *connection, const char *bytes, size_t length) {
    // What came with STARTTLS is dropped (RFC 3207 §6).
    while (!connection->is_broken && !connection->is_closing && !connection->wants_tls) {
        bool has_empty_chunk = connection->state >= CHUNK && connection->chunk_left == 0;
        if (length == 0 && !has_empty_chunk) break;
        size_t count;
        switch (connection->state) {
        case COMMANDS: count = take_line(connection, bytes, length); break;
        case DATA: count = take_data(connection, bytes, length); break;
        default: count = take_chunk(connection, bytes, length); break;
        }
        bytes += count;
        length -= count;
    }
}
