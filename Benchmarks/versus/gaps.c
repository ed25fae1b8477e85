// Takes the time a program spends between its system calls: LD_PRELOAD=gaps.so, and what it was is on stderr when it ends,
// "gap FROM TO count median-ns" a line; FROM and TO are wait, read and send, and with "-" it is the call itself.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <inttypes.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WAIT, READ, SEND, KINDS, NONE = KINDS };
static const char *const names[] = {"wait", "read", "send", "-"};

// By steps of 20 ns. Threads may lose a count to each other, which changes nothing that matters here.
enum { STEP = 20, STEPS = 5000 };
static uint32_t gaps[KINDS][KINDS + 1][STEPS];
static _Thread_local uint64_t last;
static _Thread_local int last_kind = NONE;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void note(int from, int to, uint64_t begin, uint64_t end) {
    uint64_t step = (end - begin) / STEP;
    gaps[from][to][step < STEPS ? step : STEPS - 1]++;
}

static void leave(int kind, uint64_t begin) {
    if (last_kind != NONE) note(last_kind, kind, last, begin);
    last = now();
    last_kind = kind;
    note(kind, NONE, begin, last);
}

// The program's call, which is timed around the library's.
#define TIMED(kind, type, name, parameters, ...)          \
    type name parameters {                                \
        static type(*real) parameters;                    \
        if (!real) real = dlsym(RTLD_NEXT, #name);        \
        uint64_t begin = now();                           \
        type result = real(__VA_ARGS__);                  \
        /* What came to nothing is no step of the exchange. */ \
        if (result >= 0) leave(kind, begin);              \
        return result;                                    \
    }

TIMED(WAIT, int, epoll_wait, (int e, struct epoll_event *events, int count, int timeout), e, events, count, timeout)
TIMED(WAIT, int, poll, (struct pollfd *fds, nfds_t count, int timeout), fds, count, timeout)
TIMED(READ, ssize_t, read, (int fd, void *octets, size_t count), fd, octets, count)
TIMED(READ, ssize_t, recv, (int fd, void *octets, size_t count, int flags), fd, octets, count, flags)
TIMED(SEND, ssize_t, send, (int fd, const void *octets, size_t count, int flags), fd, octets, count, flags)
TIMED(SEND, ssize_t, write, (int fd, const void *octets, size_t count), fd, octets, count)

__attribute__((destructor)) static void tell(void) {
    for (int from = 0; from < KINDS; from++) {
        for (int to = 0; to <= KINDS; to++) {
            uint64_t count = 0, seen = 0, median = 0;
            for (int step = 0; step < STEPS; step++) count += gaps[from][to][step];
            if (count == 0) continue;
            while (median < STEPS - 1 && (seen += gaps[from][to][median]) * 2 < count) median++;
            fprintf(stderr, "gap %s %s %" PRIu64 " %" PRIu64 "\n", names[from], names[to], count,
                    median * STEP);
        }
    }
}
