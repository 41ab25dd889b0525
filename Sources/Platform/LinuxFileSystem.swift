import CLinux
import Glibc
import Runtime

/// The files of the system.
struct LinuxFileSystem: FileSystem {
    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        let flags =
            switch mode {
            case .readOnly: O_RDONLY
            case .readWrite: O_RDWR
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            }
        return LinuxFile(try Self.descriptor(path, flags), path: path)
    }

    func list(_ directory: String) throws(FileError) -> [String] {
        try Self.check(directory)
        guard let handle = unsafe opendir(directory) else {
            throw FileError(errno: errno, operation: "opendir", path: directory)
        }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(handle) else {
                guard errno == 0 else { throw FileError(errno: errno, operation: "readdir", path: directory) }
                break
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe String(cString: UnsafeRawPointer(tuple).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func makeDirectory(_ path: String) throws(FileError) {
        try Self.check(path)
        try Self.require(unsafe mkdir(path, 0o700), "mkdir", path)
    }

    func rename(_ from: String, to: String) throws(FileError) {
        try Self.check(from)
        try Self.check(to)
        try Self.require(unsafe Glibc.rename(from, to), "rename", from)
    }

    func link(_ from: String, to: String) throws(FileError) {
        try Self.check(from)
        try Self.check(to)
        try Self.require(unsafe Glibc.link(from, to), "link", to)
    }

    func remove(_ path: String) throws(FileError) {
        try Self.check(path)
        try Self.require(unsafe Glibc.remove(path), "remove", path)
    }

    func syncDirectory(_ path: String) throws(FileError) {
        let descriptor = try Self.descriptor(path, O_RDONLY | O_DIRECTORY)
        defer { _ = Glibc.close(descriptor) }
        try Self.require(fsync(descriptor), "fsync", path)
    }

    func status(_ path: String) throws(FileError) -> FileStatus? {
        try Self.check(path)
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw FileError(errno: errno, operation: "stat", path: path)
        }
        return FileStatus(
            byteCount: UInt64(max(0, status.st_size)), isDirectory: status.st_mode & S_IFMT == S_IFDIR,
            owner: status.st_uid, permissions: UInt32(status.st_mode & 0o7777))
    }

    func freeSpace(_ path: String) throws(FileError) -> UInt64 {
        try Self.check(path)
        var volume = statvfs()
        try Self.require(unsafe statvfs(path, &volume), "statvfs", path)
        return UInt64(volume.f_bavail).multipliedReportingOverflow(by: UInt64(volume.f_frsize)).partialValue
    }

    func lock(_ path: String, note: String) throws(FileError) -> any FileLock {
        let descriptor = try Self.descriptor(path, O_RDWR | O_CREAT)
        do {
            // The lock belongs to this opening of the file: another in this process meets it too.
            try Self.require(flock(descriptor, LOCK_EX | LOCK_NB), "flock", path)
            try Self.require(ftruncate(descriptor, 0), "ftruncate", path)
            try LinuxFile.writeAll(Array(note.utf8), at: 0, to: descriptor, path: path)
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
        return LinuxFileLock(descriptor)
    }

    private static func descriptor(_ path: String, _ flags: CInt) throws(FileError) -> CInt {
        try check(path)
        while true {
            let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
            if descriptor >= 0 { return descriptor }
            guard errno == EINTR else { throw FileError(errno: errno, operation: "open", path: path) }
        }
    }

    /// A path with a zero byte would name another file to the system.
    private static func check(_ path: String) throws(FileError) {
        if path.utf8.contains(0) { throw FileError(.other(EINVAL), operation: "check", path: path) }
    }

    private static func require(_ status: CInt, _ operation: StaticString, _ path: String) throws(FileError) {
        guard status == 0 else { throw FileError(errno: errno, operation: operation, path: path) }
    }
}
