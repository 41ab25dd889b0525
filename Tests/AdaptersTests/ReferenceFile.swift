import Glibc

/// A file of the vendors' published schemas, in the folder that `CENTRALPAY_REFERENCE` names. Tests that need one are
/// skipped where it is not.
enum ReferenceFile {
    /// Nil when the folder or the file is not there.
    static func contents(_ name: String) -> [UInt8]? {
        guard let folder = unsafe getenv("CENTRALPAY_REFERENCE") else { return nil }
        guard let file = unsafe fopen("\(unsafe String(cString: folder))/\(name)", "rb") else { return nil }
        defer { unsafe _ = fclose(file) }
        var contents: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&piece, 1, piece.count, file)
            guard count > 0 else { return contents }
            contents += piece[..<count]
        }
    }

    static func isThere(_ name: String) -> Bool { contents(name) != nil }
}
