/// One call that changed, or could have changed, a simulated disk.
package enum DiskCall: Sendable, Equatable, CustomStringConvertible {
    case create(path: String, isDirectory: Bool)
    case rename(from: String, to: String)
    case link(from: String, to: String)
    case remove(path: String)
    case syncDirectory(path: String)
    /// `node` is the file's number on its disk; `path` the name by which it was opened.
    case write(node: Int, path: String, offset: UInt64, bytes: [UInt8])
    case truncate(node: Int, path: String, byteCount: UInt64)
    case sync(node: Int, path: String)
    /// A sync that failed; `seed` decided what reached the disk.
    case failedSync(node: Int, path: String, seed: UInt64)

    package var description: String {
        switch self {
        case .create(let path, let isDirectory): (isDirectory ? "mkdir " : "create ") + path
        case .rename(let from, let to): "rename \(from) to \(to)"
        case .link(let from, let to): "link \(from) to \(to)"
        case .remove(let path): "remove \(path)"
        case .syncDirectory(let path): "sync directory \(path)"
        case .write(_, let path, let offset, let bytes): "write \(path) at \(offset), \(bytes.count) bytes"
        case .truncate(_, let path, let byteCount): "truncate \(path) to \(byteCount)"
        case .sync(_, let path): "sync \(path)"
        case .failedSync(_, let path, _): "failed sync \(path)"
        }
    }
}

extension DiskImage {
    /// Does `call` again. On the image it was recorded from, after the calls before it, it cannot fail.
    mutating func apply(_ call: DiskCall) throws {
        switch call {
        case .create(let path, let isDirectory): _ = try create(path, isDirectory: isDirectory, "open")
        case .rename(let from, let to): try rename(from, to: to)
        case .link(let from, let to): try link(from, to: to)
        case .remove(let path): try remove(path)
        case .syncDirectory(let path): try syncDirectory(path)
        case .write(let node, _, let offset, let bytes): write(node, bytes[...], at: offset)
        case .truncate(let node, _, let byteCount): truncate(node, to: byteCount)
        case .sync(let node, _): nodes[node]?.file.sync()
        case .failedSync(let node, _, let seed):
            var generator = SeededGenerator(seed: seed, purpose: 5)
            nodes[node]?.file.failSync(&generator)
        }
    }
}
