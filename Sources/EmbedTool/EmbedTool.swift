import Bytes
import Platform
import Runtime

/// `EmbedTool OUTPUT FOLDER FILE…` writes the Swift source that carries the files, named relative to the folder.
@main
enum EmbedTool {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 2 else { throw UsageError.argumentsMissing }
        let files = LinuxPlatform.start(loopCount: 1).files
        var source = AssetSource()
        for path in arguments.dropFirst(2) {
            let file = try files.open(arguments[1] + path, .readOnly)
            defer { file.close() }
            source.add(path: path, bytes: try file.read(at: 0, count: Int(try file.byteCount())))
        }
        if try files.status(arguments[0]) != nil { try files.remove(arguments[0]) }
        let output = try files.open(arguments[0], .createNew)
        defer { output.close() }
        try output.write(source.finished(), at: 0)
    }
}

/// The command line makes no sense.
enum UsageError: Error {
    case argumentsMissing
}
