import Runtime

/// Reads whole files.
enum PeerFile {
    static func read(_ path: String, _ doors: Doors) throws -> [UInt8] {
        let file = try doors.files.open(path, .readOnly)
        defer { file.close() }
        let count = Int(try file.byteCount())
        return try file.read(at: 0, count: count)
    }
}
