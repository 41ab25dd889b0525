import Glibc
import Testing

/// The cases of a file in this suite's `Data` folder: lines of a word and its value, and PEM blocks under a title.
struct DataFile {
    /// One case.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let values: [String: String]
        /// The text below each title; blocks without one stand under nothing.
        let texts: [String: String]

        var testDescription: String { name }

        func value(_ key: String) -> String { values[key] ?? "" }

        func pem(_ title: String = "") -> [UInt8] { Array((texts[title] ?? "").utf8) }
    }

    let cases: [Case]

    init(_ name: String) {
        var cases: [Case] = []
        var values: [String: String] = [:]
        var texts: [String: String] = [:]
        var title = ""
        var isInBlock = false
        let text = String(decoding: DataFile.contents(name), as: UTF8.self)
        for line in text.split(separator: "\n") {
            if line.hasPrefix("-----BEGIN") { isInBlock = true }
            if isInBlock {
                texts[title, default: ""] += line + "\n"
                if line.hasPrefix("-----END") { isInBlock = false }
            } else if line == "end" {
                cases.append(Case(name: values["case"] ?? "", values: values, texts: texts))
                (values, texts, title) = ([:], [:], "")
            } else if let space = line.firstIndex(of: " ") {
                values[String(line[..<space])] = String(line[line.index(after: space)...])
            } else {
                title = String(line)
            }
        }
        self.cases = cases
    }

    /// The bytes of a file in the folder.
    static func contents(_ name: String) -> [UInt8] {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return file(parts.dropLast(2).joined(separator: "/") + "/Data/" + name)
    }

    /// The bytes of any file; none when it is not there.
    static func file(_ path: String) -> [UInt8] {
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

    /// The names of the files in a subfolder, in order.
    static func names(_ folder: String) -> [String] {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        guard let stream = unsafe opendir(parts.dropLast(2).joined(separator: "/") + "/Data/" + folder) else {
            return []
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        // An entry is valid until the next call of readdir; its name ends with a zero byte.
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
