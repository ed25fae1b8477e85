// Does one thing a number of times, for a program that counts what that takes: see `check`.
//
// workload --list           names, a line each, with the times that are enough to tell them from all else
// workload NAME COUNT       prints the processor's microseconds for each
import Dispatch
import Workloads

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

func processorMicroseconds() -> Double {
    var value = rusage()
    #if canImport(Glibc)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &value)
    #else
    getrusage(RUSAGE_SELF, &value)
    #endif
    return [value.ru_utime, value.ru_stime].reduce(0) { $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec) }
}

let arguments = CommandLine.arguments.dropFirst()
let workloads = try Workload.all
if arguments == ["--list"] {
    for workload in workloads { print(workload.batch, workload.name) }
} else if arguments.count == 2, let name = arguments.first, let count = arguments.last.flatMap({ Int($0) }),
    let workload = workloads.first(where: { $0.name == name })
{
    // The first thread stays where it is: what Dispatch does with one that has nothing to do ends valgrind.
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
        do {
            var (start, end) = (0.0, 0.0)
            try await workload.run(count, { start = processorMicroseconds() }, { end = processorMicroseconds() })
            print((end - start) / Double(count))
        } catch {
            print("\(name): \(error)")
            exit(1)
        }
        isDone.signal()
    }
    isDone.wait()
} else {
    print("usage: workload --list, or workload NAME COUNT")
    exit(64)
}
