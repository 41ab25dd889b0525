import Runtime

/// Reads answers with a `Content-Length` from one connection, as cheaply as a load generator needs.
struct Answers {
    private var buffer: [UInt8] = []

    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    mutating func next(from stream: any ByteStream, deadline: Instant) async throws -> Answer {
        while true {
            if let (answer, count) = Self.parse(buffer) {
                buffer.removeFirst(count)
                return answer
            }
            let count = try await stream.receive(into: &buffer, limit: 65_536, deadline: deadline)
            guard count > 0 else { throw NetworkError.closed }
        }
    }

    private static func parse(_ bytes: [UInt8]) -> (Answer, Int)? {
        guard bytes.count > 15 else { return nil }
        var index = 12
        var length = 0
        let name = Array("content-length:".utf8)
        while index + 3 < bytes.count {
            guard bytes[index] == 0x0d, bytes[index + 1] == 0x0a else {
                index += 1
                continue
            }
            if bytes[index + 2] == 0x0d {
                let end = index + 4 + length
                guard bytes.count >= end else { return nil }
                let status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1) - 0x30 }
                return (Answer(status: status, body: Array(bytes[index + 4..<end])), end)
            }
            index += 2
            var offset = 0
            while offset < name.count, index + offset < bytes.count, bytes[index + offset] | 0x20 == name[offset] | 0x20
            {
                offset += 1
            }
            if offset == name.count {
                var digit = index + offset
                while digit < bytes.count, bytes[digit] == 0x20 { digit += 1 }
                while digit < bytes.count, (0x30...0x39).contains(bytes[digit]) {
                    length = length * 10 + Int(bytes[digit]) - 0x30
                    digit += 1
                }
            }
        }
        return nil
    }
}
