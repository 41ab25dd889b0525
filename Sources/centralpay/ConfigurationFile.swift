import Runtime

/// A file of `name = value` lines. Empty lines and lines that begin with `#` mean nothing.
struct ConfigurationFile: Sendable {
    private static let byteLimit = 64 << 10

    private let values: [String: String]

    subscript(name: String) -> String? { values[name] }

    /// - Throws: `usage` with the file and line for a name no command knows, `failed` when the file cannot be read.
    init(path: String, knownNames: Set<String>, files: any FileSystem) throws(CommandFailure) {
        let bytes: [UInt8]
        do throws(FileError) {
            let file = try files.open(path, .readOnly)
            defer { file.close() }
            bytes = try file.read(at: 0, count: Self.byteLimit + 1)
        } catch {
            throw .failed("the configuration cannot be read: \(error)")
        }
        guard bytes.count <= Self.byteLimit, let text = String(validating: bytes, as: UTF8.self) else {
            throw .usage("\(path) is not a text of at most 64 KiB")
        }
        var values: [String: String] = [:]
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let content = Self.trimmed(line)
            if content.isEmpty || content.hasPrefix("#") { continue }
            guard let mark = content.firstIndex(of: "=") else {
                throw .usage("\(path):\(index + 1): write name = value")
            }
            let name = Self.trimmed(content[..<mark])
            guard knownNames.contains(name) else { throw .usage("\(path):\(index + 1): unknown setting \(name)") }
            guard values[name] == nil else { throw .usage("\(path):\(index + 1): \(name) is set twice") }
            values[name] = Self.trimmed(content[content.index(after: mark)...])
        }
        self.values = values
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(start[...end])
    }
}
