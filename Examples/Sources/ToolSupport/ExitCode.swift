/// The tools' exit codes, by the names that `sysexits.h` has for them; those below 64 are smtp-load's own.
package enum ExitCode: Int32 {
    case ok = 0
    case failed = 1
    case notOffered = 3
    case usage = 64
    case dataError = 65
    case noInput = 66
    case noHost = 68
    case unavailable = 69
    case inputOutput = 74
    case temporaryFailure = 75
    case protocolError = 76
    case noPermission = 77
}
