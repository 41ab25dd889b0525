/// Counts of bytes as people read them, in powers of ten.
enum ByteSize {
    /// Such as `512 B`, `4.1 kB`, `120 MB`.
    static func text(_ byteCount: UInt64) -> String {
        var unit: UInt64 = 1
        var name = "B"
        for next in ["kB", "MB", "GB", "TB"] where byteCount / unit >= 1000 {
            unit *= 1000
            name = next
        }
        let whole = byteCount / unit
        guard unit > 1, whole < 100 else { return "\(whole) \(name)" }
        return "\(whole).\(byteCount % unit * 10 / unit) \(name)"
    }
}
