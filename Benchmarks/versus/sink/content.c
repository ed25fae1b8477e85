// Content: compared, octet by octet, with what it must be, or only followed to its end.
#define _GNU_SOURCE
#include "sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *expected_data, *expected_bdat; // The same message, with and without transparency and terminator.
static size_t expected_data_length, expected_bdat_length;

void read_expected(const char *path) {
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

// The terminator is CRLF.CRLF; the tail holds up to four octets of what came before.
static size_t take_any_data(struct connection *connection, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (connection->tail == 0) {
            const char *line_end = memchr(bytes + i, '\r', length - i);
            if (!line_end) return length;
            i = line_end - bytes;
        }
        connection->tail = (connection->tail << 8 | (unsigned char)bytes[i]) & 0xFFFFFFFFFFull;
        if (connection->tail == 0x0D0A2E0D0Aull) {
            connection->state = COMMANDS;
            message_ended(connection, true);
            return i + 1;
        }
        if (bytes[i] != '.' && bytes[i] != '\r' && bytes[i] != '\n') connection->tail = 0;
    }
    return length;
}

size_t take_data(struct connection *connection, const char *bytes, size_t length) {
    if (expected_data) return take_expected_data(connection, bytes, length);
    return take_any_data(connection, bytes, length);
}

size_t take_chunk(struct connection *connection, const char *bytes, size_t length) {
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
