import Glibc

/// The files of the working copy this suite was built from.
struct Repository: Sendable {
    /// The names of everything at the top, in order.
    let topLevel: [String]
    /// The package manifest.
    let manifest: SourceFile
    /// Every file under Sources and Tests, in the order of their paths; only Swift files have their text loaded.
    let files: [SourceFile]

    static let current = Repository()

    private init() {
        // Three levels above this file: Tests/TidyTests/Repository.swift.
        let top = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        topLevel = Self.entries(of: top).map(\.name)
        manifest = SourceFile(path: "Package.swift", bytes: Self.contents(of: top + "/Package.swift"))
        var files: [SourceFile] = []
        var folders = ["Tests", "Sources"]
        while let folder = folders.popLast() {
            for entry in Self.entries(of: top + "/" + folder) where !entry.name.hasPrefix(".") {
                let path = folder + "/" + entry.name
                if entry.isFolder {
                    folders.append(path)
                } else {
                    let isSwift = path.hasSuffix(".swift")
                    files.append(SourceFile(path: path, bytes: isSwift ? Self.contents(of: top + "/" + path) : []))
                }
            }
        }
        self.files = files.sorted { $0.path < $1.path }
    }

    /// The Swift files under `folder`.
    func swiftFiles(under folder: String) -> [SourceFile] {
        files.filter { $0.pathExtension == "swift" && $0.isUnder(folder) }
    }

    private static func entries(of folder: String) -> [(name: String, isFolder: Bool)] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var entries: [(name: String, isFolder: Bool)] = []
        // An entry is valid until the next call of readdir; its name ends with a zero byte.
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            unsafe entries.append((name, Int(entry.pointee.d_type) == Int(DT_DIR)))
        }
        return entries.sorted { $0.name < $1.name }
    }

    private static func contents(of path: String) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size > 0 else { return [] }
        // No more than the capacity is written, and the count says how much was.
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = unsafe max(0, pread(descriptor, buffer.baseAddress, size, 0))
        }
    }
}
