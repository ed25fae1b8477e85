#pragma once

// What Swift cannot see of sockets: waiting for several at once by epoll, where the system has it, and how much is not sent.

#include <stdbool.h>
#include <stdint.h>

/// What a socket that is waited for has to say.
struct smtp_wait_event {
    uint32_t registration;
    /// It has bytes, or has ended in order, and nothing else has happened to it.
    bool is_readable_only;
};

/// A new set of sockets to wait for, or -1.
int smtp_wait_create(void);

/// Adds a socket; it leaves the set when its last descriptor is closed. Returns 0, or -1.
int smtp_wait_add(int set, int socket, uint32_t registration);

/// Waits for so many milliseconds at most, and returns how many events there are, or -1.
int smtp_wait_for_events(int set, struct smtp_wait_event *events, int most, int milliseconds);

/// The octets written to a socket that the other side's system has not taken yet, or -1.
int smtp_octets_not_taken(int socket);

/// A new descriptor that becomes readable by smtp_alarm_ring, or -1.
int smtp_alarm_create(void);

/// Makes the alarm readable; from any thread.
void smtp_alarm_ring(int alarm);

/// Makes the alarm unreadable again.
void smtp_alarm_reset(int alarm);
