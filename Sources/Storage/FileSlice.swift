import Runtime

/// A part of another file, to be read only.
final class FileSlice: File {
    private let whole: any File
    private let start: UInt64
    private let length: UInt64

    /// - Parameter whole: Stays open for as long as it is wanted; closing the part does not close it.
    init(_ whole: any File, from start: UInt64, byteCount: UInt64) {
        self.whole = whole
        self.start = start
        length = byteCount
    }

    func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        guard offset < length else { return [] }
        return try whole.read(at: start + offset, count: Int(min(UInt64(count), length - offset)))
    }

    func write(_ bytes: [UInt8], at offset: UInt64) throws(FileError) {
        throw FileError(.readOnly, operation: "write", path: "")
    }

    func sync() throws(FileError) {}

    func byteCount() throws(FileError) -> UInt64 { length }

    func truncate(to byteCount: UInt64) throws(FileError) {
        throw FileError(.readOnly, operation: "truncate", path: "")
    }

    func close() {}
}
