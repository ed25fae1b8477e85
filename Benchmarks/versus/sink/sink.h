// What the parts of the sink share.
#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

enum { INPUT_SIZE = 262144, OUTPUT_SIZE = 131072, LINE_SIZE = 4096 };

enum state { COMMANDS, DATA, CHUNK, REFUSED_CHUNK };

struct connection {
    int fd;
    SSL *ssl; // NULL in clear.
    bool is_shaking_hands, wants_tls;
    enum state state;
    bool has_mail, is_last_chunk, is_wrong, is_closing, is_broken;
    unsigned recipients;
    size_t content_offset; // Within the expected octets.
    size_t chunk_left;
    unsigned long long tail; // Of DATA when nothing is expected: the last octets, to find the terminator.
    size_t line_length;
    unsigned delayed_count; // Reply groups still to be sent, which refer to this connection.
    size_t output_length;
    char line[LINE_SIZE]; // From here on nothing is zeroed when a connection begins.
    char output[OUTPUT_SIZE];
};

struct seen {
    unsigned long messages, wrong, connections, reads, bytes;
};

extern struct seen seen;
extern double delay; // Seconds before a group of replies is sent.

void die(const char *what);

// session.c: commands, and the octets in the order they come.
void make_ehlo_reply(char *keywords);
void received(struct connection *connection, const char *bytes, size_t length);
void message_ended(struct connection *connection, bool is_whole);
extern unsigned expected_recipients; // 0: any number.

// content.c: each takes octets from the front of `bytes`, and returns how many.
void read_expected(const char *path);
size_t take_data(struct connection *connection, const char *bytes, size_t length);
size_t take_chunk(struct connection *connection, const char *bytes, size_t length);

// output.c: replies, now or after the time a round trip takes.
void reply(struct connection *connection, const char *text);
void flush(struct connection *connection);
double next_due(void); // Seconds until the next delayed group; negative if there is none.
void send_delayed(void (*destroy)(struct connection *));

// tls.c
void prepare_tls(const char *certificate, const char *key);
void begin_tls(struct connection *connection);
bool shake_hands(struct connection *connection); // Whether the handshake is over.
void end_tls(struct connection *connection);

// Like recv and send; -1 with EAGAIN when there is nothing to read yet.
long receive(struct connection *connection, char *bytes, size_t length);
long transmit(struct connection *connection, const char *bytes, size_t length);
