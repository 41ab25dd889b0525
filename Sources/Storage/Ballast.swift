import Runtime

/// A file of zeros that is given up when the volume is full at a moment that cannot wait.
final class Ballast: @unchecked Sendable {
    private let path: String
    private let directory: String
    private let files: any FileSystem
    private let byteCount: Int
    private let reserve: UInt64

    init(directory: String, files: any FileSystem, options: StoreOptions) {
        self.directory = directory
        path = directory + "/ballast"
        self.files = files
        byteCount = options.ballastByteCount
        reserve = options.freeSpaceReserve
    }

    /// Whether the volume has more room than the reserve. An unknown amount counts as enough.
    var hasRoom: Bool {
        guard let free = try? files.freeSpace(directory) else { return true }
        return free >= reserve
    }

    /// Frees the ballast's room.
    /// - Returns: whether there was one.
    func giveUp() -> Bool {
        guard (try? files.status(path)) != nil else { return false }
        return (try? files.remove(path)) != nil
    }

    /// Makes the file when it is missing or short and there is room. It helps, but nothing depends on it, so a failure
    /// leaves things as they are.
    func restore() {
        guard byteCount > 0 else { return }
        do {
            if let status = try files.status(path) {
                guard status.byteCount < UInt64(byteCount) else { return }
                try files.remove(path)
            }
            guard try files.freeSpace(directory) >= reserve + UInt64(byteCount) else { return }
            let file = try files.open(path, .createNew)
            defer { file.close() }
            let zeros = [UInt8](repeating: 0, count: min(byteCount, 1 << 20))
            var position = 0
            while position < byteCount {
                try file.write(zeros, at: UInt64(position))
                position += zeros.count
            }
        } catch {
            _ = try? files.remove(path)
        }
    }
}
