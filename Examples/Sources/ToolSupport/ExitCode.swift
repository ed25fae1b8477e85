/// The tools' exit codes, by the names that `sysexits.h` has for them.
package enum ExitCode: Int32 {
    case ok = 0
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
