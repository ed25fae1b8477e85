#include "socket-wait.h"

#ifdef __linux__

#include <errno.h>
#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

// Who asks for more has the rest by the next call.
enum { MOST_EVENTS = 64 };

int smtp_wait_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int smtp_wait_add(int set, int socket, uint32_t registration) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = registration};
    return epoll_ctl(set, EPOLL_CTL_ADD, socket, &event);
}

int smtp_wait_for_events(int set, struct smtp_wait_event *events, int most, int milliseconds) {
    struct epoll_event happened[MOST_EVENTS];
    if (most > MOST_EVENTS) most = MOST_EVENTS;
    int count = epoll_wait(set, happened, most, milliseconds);
    // A process that was stopped and goes on is told of that before it is told of what came meanwhile. It does not wait
    // again: signals that come without end would keep the loop from its timers.
    if (count < 0 && errno == EINTR) count = epoll_wait(set, happened, most, 0);
    for (int i = 0; i < count; i++) {
        events[i].registration = happened[i].data.u32;
        events[i].is_readable_only = happened[i].events == EPOLLIN;
    }
    return count;
}

int smtp_octets_not_taken(int socket) {
    int count;
    return ioctl(socket, SIOCOUTQ, &count) == 0 ? count : -1;
}

int smtp_alarm_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void smtp_alarm_ring(int alarm) {
    uint64_t one = 1;
    ssize_t ignored = write(alarm, &one, sizeof one);
    (void)ignored;
}

void smtp_alarm_reset(int alarm) {
    uint64_t count;
    ssize_t ignored = read(alarm, &count, sizeof count);
    (void)ignored;
}

#else

#include <sys/socket.h>

int smtp_octets_not_taken(int socket) {
#ifdef SO_NWRITE
    int count;
    socklen_t length = sizeof count;
    return getsockopt(socket, SOL_SOCKET, SO_NWRITE, &count, &length) == 0 ? count : -1;
#else
    (void)socket;
    return -1;
#endif
}

int smtp_wait_create(void) { return -1; }

int smtp_wait_add(int set, int socket, uint32_t registration) {
    (void)set, (void)socket, (void)registration;
    return -1;
}

int smtp_wait_for_events(int set, struct smtp_wait_event *events, int most, int milliseconds) {
    (void)set, (void)events, (void)most, (void)milliseconds;
    return -1;
}

int smtp_alarm_create(void) { return -1; }

void smtp_alarm_ring(int alarm) { (void)alarm; }

void smtp_alarm_reset(int alarm) { (void)alarm; }

#endif
