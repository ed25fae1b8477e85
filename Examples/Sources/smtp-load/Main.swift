import LoadTool

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@main
enum Main {
    static func main() async {
        exit(await LoadTool.run(Array(CommandLine.arguments.dropFirst())))
    }
}
