import HTTP
import Runtime

/// A client that says exactly what it is told, for tests of the server.
struct RawConnection {
    let stream: any ByteStream
    private let doors: Doors
    private(set) var received: [UInt8] = []

    init(_ doors: Doors, to address: SocketAddress) async throws {
        self.doors = doors
        stream = try await doors.network.connect(to: address, deadline: doors.clock.instant().adding(seconds: 5))
    }

    func send(_ text: String) async throws {
        try await stream.send(Array(text.utf8), deadline: doors.clock.instant().adding(seconds: 100))
    }

    /// Everything up to the end of the stream, or what came until `seconds` had passed without anything.
    mutating func rest(seconds: Int = 200) async -> String {
        do {
            while try await receive(seconds: seconds) > 0 {}
        } catch {
            // The end of what came is the end of the answer.
        }
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Receives until what came ends with `suffix`.
    mutating func until(_ suffix: String) async throws -> String {
        while !received.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) {
            guard try await receive(seconds: 20) > 0 else { throw NetworkError.closed }
        }
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    private mutating func receive(seconds: Int) async throws -> Int {
        try await stream.receive(
            into: &received, limit: 4096, deadline: doors.clock.instant().adding(seconds: seconds))
    }
}

/// One answer as text, taken apart.
struct RawAnswer {
    let status: Int
    let lines: [String]
    let body: String

    /// The answers that follow one another in `text`; no body may contain a status line.
    static func all(in text: String) -> [RawAnswer] {
        var answers: [RawAnswer] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let next = rest.dropFirst().range(of: "HTTP/1.1 ")?.lowerBound ?? rest.endIndex
            let one = rest[..<next]
            rest = rest[next...]
            let end = one.range(of: "\r\n\r\n") ?? one.endIndex..<one.endIndex
            let lines = one[..<end.lowerBound].split(separator: "\r\n").map(String.init)
            answers.append(
                RawAnswer(
                    status: Int(lines.first?.dropFirst(9).prefix(3) ?? "") ?? 0, lines: lines,
                    body: String(one[end.upperBound...])))
        }
        return answers
    }
}

extension Substring {
    /// Where `text` first stands.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].utf8.starts(with: text.utf8) {
                return start..<utf8.index(start, offsetBy: text.utf8.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}
