// Runs a program and prints, as one line of JSON on descriptor 3, how it ended and what it took.
//
// A process's peak memory counts its parent's from before exec: it must be started by something small.
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time) {
    return time.tv_sec + time.tv_usec * 1e-6;
}

int main(int argc, char **argv) {
    if (argc < 2) return 64;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = fork();
    if (child == 0) {
        close(3);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) return 71;
    clock_gettime(CLOCK_MONOTONIC, &end);
    dprintf(3, "{\"status\":%d,\"seconds\":%.6f,\"cpu\":%.6f,\"switches\":%ld,\"memory\":%ld}\n", status,
            end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) * 1e-9,
            seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_nvcsw + usage.ru_nivcsw, usage.ru_maxrss);
    return 0;
}
