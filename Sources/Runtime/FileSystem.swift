/// Why a file operation was refused.
package struct FileError: Error, Equatable, CustomStringConvertible {
    /// The decision a caller can take.
    package enum Reason: Sendable, Equatable {
        case notFound, alreadyExists, noSpace, permissionDenied, readOnly, isBusy, inputOutput, notADirectory
        /// Any other error number of the system.
        case other(Int32)
    }

    package let reason: Reason
    /// The operation, such as `fdatasync`.
    package let operation: StaticString
    package let path: String

    package init(_ reason: Reason, operation: StaticString, path: String) {
        self.reason = reason
        self.operation = operation
        self.path = path
    }

    package static func == (left: FileError, right: FileError) -> Bool {
        left.reason == right.reason && left.path == right.path
    }

    package var description: String {
        let why =
            switch reason {
            case .notFound: "no such file or directory"
            case .alreadyExists: "it already exists"
            case .noSpace: "no space left on the volume"
            case .permissionDenied: "permission denied"
            case .readOnly: "the file system is read-only"
            case .isBusy: "it is in use"
            case .inputOutput: "input/output error"
            case .notADirectory: "not a directory"
            case .other(let number): "error \(number)"
            }
        return "\(path): \(why) (\(operation))"
    }
}

/// How a file is opened.
package enum OpenMode: Sendable {
    case readOnly
    /// For reading and writing; it must exist.
    case readWrite
    /// For reading and writing; it must not exist. Mode 0600.
    case createNew
}

/// The door to files. Paths are absolute or relative to the working directory; a change of names
/// (create, rename, link, remove) is durable only after `syncDirectory` of its directory.
package protocol FileSystem: Sendable {
    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File
    /// The names in a directory, in byte order, without `.` and `..`.
    func list(_ directory: String) throws(FileError) -> [String]
    /// Makes one directory, mode 0700; its parent must exist.
    func makeDirectory(_ path: String) throws(FileError)
    func rename(_ from: String, to: String) throws(FileError)
    /// A second name for the same file.
    func link(_ from: String, to: String) throws(FileError)
    func remove(_ path: String) throws(FileError)
    func syncDirectory(_ path: String) throws(FileError)
    /// Nil when there is nothing of that name.
    func status(_ path: String) throws(FileError) -> FileStatus?
    /// Bytes an ordinary process can still write on the volume of `path`.
    func freeSpace(_ path: String) throws(FileError) -> UInt64
    /// Takes the exclusive lock on the file at `path`, making it if needed, and writes `note` into it. Throws
    /// `isBusy` when another holder, in this process or another, has it; its note is then readable as a file.
    func lock(_ path: String, note: String) throws(FileError) -> any FileLock
}

/// What the file system knows of a file besides its bytes.
package struct FileStatus: Sendable, Equatable {
    package let byteCount: UInt64
    package let isDirectory: Bool
    /// The owner's numeric user id.
    package let owner: UInt32
    /// Permission bits, such as 0o600.
    package let permissions: UInt32

    package init(byteCount: UInt64, isDirectory: Bool, owner: UInt32, permissions: UInt32) {
        self.byteCount = byteCount
        self.isDirectory = isDirectory
        self.owner = owner
        self.permissions = permissions
    }
}

/// Held until `release` or the end of the process.
package protocol FileLock: AnyObject, Sendable {
    func release()
}

/// An open file. Calls may come from any thread, one at a time.
package protocol File: AnyObject, Sendable {
    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8]
    /// Writes all of `bytes` at `offset`, extending the file as needed. After a throw any part may be written.
    func write(_ bytes: [UInt8], at offset: UInt64) throws(FileError)
    /// `fdatasync`: what was written is on stable storage. After a throw nothing is known; never try again.
    func sync() throws(FileError)
    func byteCount() throws(FileError) -> UInt64
    func truncate(to byteCount: UInt64) throws(FileError)
    /// Closes; later calls throw. Closing twice is harmless.
    func close()
}
