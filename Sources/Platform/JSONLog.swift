import Bytes
import Glibc
import Runtime

/// Writes log lines to standard error, one JSON object a line, each with one system call.
struct JSONLog: LogSink {
    /// Bytes of a value before it is cut, and of a line before fields are left out: a line stays under 4,096 bytes,
    /// which a pipe takes in one piece.
    private static let valueLimit = 1000
    private static let lineLimit = 2900

    let clock: any Clock

    func write(_ level: LogLevel, _ event: StaticString, _ fields: [(name: StaticString, value: String)]) {
        let line = Self.line(at: clock.now(), level, event, fields)
        HostProcess.write(line, to: .standardError)
    }

    /// One line, with its newline.
    static func line(
        at time: Timestamp, _ level: LogLevel, _ event: StaticString, _ fields: [(name: StaticString, value: String)]
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        writer.append(#"{"time":""#)
        let seconds = time.seconds
        writer.append(String(Timestamp(seconds: seconds).description.dropLast()))
        let milliseconds = String(time.milliseconds - seconds * 1000)
        writer.append(".")
        writer.append(String(repeating: "0", count: 3 - milliseconds.utf8.count))
        writer.append(milliseconds)
        writer.append(#"Z","level":""#)
        writer.append(level.rawValue)
        writer.append(#"","event":"#)
        appendQuoted("\(event)", to: &writer)
        for (name, value) in fields {
            guard writer.count < lineLimit else {
                writer.append(#","is_cut":"true""#)
                break
            }
            writer.append(",")
            appendQuoted("\(name)", to: &writer)
            writer.append(":")
            appendQuoted(value, to: &writer)
        }
        writer.append("}\n")
        return writer.bytes
    }

    private static func appendQuoted(_ text: String, to writer: inout ByteWriter) {
        writer.append(0x22)
        let start = writer.count
        for scalar in text.unicodeScalars {
            if writer.count - start > valueLimit {
                writer.append("…")
                break
            }
            switch scalar.value {
            case 0x22: writer.append(#"\""#)
            case 0x5c: writer.append(#"\\"#)
            case 0x0a: writer.append(#"\n"#)
            case 0..<0x20, 0x7f:
                writer.append(#"\u00"#)
                writer.append(Hex.digit(UInt8(scalar.value >> 4)))
                writer.append(Hex.digit(UInt8(scalar.value & 15)))
            default: writer.append(String(Character(scalar)))
            }
        }
        writer.append(0x22)
    }
}
