package import Runtime

/// An open file of a simulated disk.
///
/// Unchecked: a world is driven by one thread, which the disk asserts.
package final class SimulatedFile: File, @unchecked Sendable {
    private let node: Int
    private let path: String
    private let isWritable: Bool
    private let run: Int
    private let disk: SimulatedDisk
    private var isClosed = false
    /// Offsets and sizes stay below this, so that arithmetic on them cannot overflow.
    private static let largestByteCount: UInt64 = 1 << 40

    init(node: Int, path: String, isWritable: Bool, run: Int, disk: SimulatedDisk) {
        self.node = node
        self.path = path
        self.isWritable = isWritable
        self.run = run
        self.disk = disk
    }

    package func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        try begin("pread")
        try disk.countRead(path)
        return disk.image.nodes[node]?.file.read(at: offset, count: count) ?? []
    }

    package func write(_ bytes: [UInt8], at offset: UInt64) throws(FileError) {
        try beginChange("pwrite", upTo: offset, adding: bytes.count)
        try disk.write(node, path, bytes, at: offset)
    }

    package func sync() throws(FileError) {
        try begin("fdatasync")
        try disk.beginChange("fdatasync", path, run: run)
        try disk.sync(node, path)
    }

    package func byteCount() throws(FileError) -> UInt64 {
        try begin("fstat")
        return disk.image.nodes[node]?.file.byteCount ?? 0
    }

    package func truncate(to byteCount: UInt64) throws(FileError) {
        try beginChange("ftruncate", upTo: byteCount, adding: 0)
        disk.truncate(node, path, to: byteCount)
    }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        if run == disk.run { disk.image.closed(node) }
    }

    deinit { close() }

    private func begin(_ operation: StaticString) throws(FileError) {
        if isClosed { throw FileError(.other(9), operation: operation, path: path) }
        try disk.beginRead(operation, path, run: run)
    }

    private func beginChange(_ operation: StaticString, upTo offset: UInt64, adding count: Int) throws(FileError) {
        try begin(operation)
        guard isWritable else { throw FileError(.other(9), operation: operation, path: path) }
        guard offset <= Self.largestByteCount, UInt64(count) <= Self.largestByteCount else {
            throw FileError(.other(27), operation: operation, path: path)
        }
        try disk.beginChange(operation, path, run: run)
    }
}
