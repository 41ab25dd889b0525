import Runtime

/// What the kernel says of this process.
struct StorageProcess {
    let doors: Doors

    /// KiB of memory that were resident at most, and are now.
    var peakKibibytes: Int { field("VmHWM:", in: "/proc/self/status") }
    var residentKibibytes: Int { field("VmRSS:", in: "/proc/self/status") }
    /// Bytes this process caused to be written to the disk.
    var diskByteCount: Int { field("write_bytes:", in: "/proc/self/io") }

    private func field(_ name: String, in path: String) -> Int {
        guard let file = try? doors.files.open(path, .readOnly), let bytes = try? file.read(at: 0, count: 8192) else {
            return 0
        }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix(name) {
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
        }
        return 0
    }
}
