import Runtime

/// Reading files whole that are small by their nature.
enum SmallFile {
    /// The bytes of the file at `path`, of which there are at most `limit`.
    static func read(
        _ path: String, limit: Int, from files: any FileSystem
    ) throws(CertificateFileError) -> [UInt8] {
        do throws(FileError) {
            let file = try files.open(path, .readOnly)
            defer { file.close() }
            let bytes = try file.read(at: 0, count: limit + 1)
            if bytes.count <= limit { return bytes }
        } catch {
            let hint =
                error.reason == .permissionDenied
                ? "; the user that the server runs as must be able to read it" : ""
            throw CertificateFileError("\(error)\(hint)")
        }
        throw CertificateFileError("\(path) has more than \(limit >> 10) KiB, which no such file needs")
    }
}
