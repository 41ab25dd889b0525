import HTTP
import Runtime
import Simulation
import Testing

@Suite struct ServerTests {
    private static let address = SocketAddress.ip(.v4(0x7f00_0001), port: 8080)
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let end = "GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    /// Answers with what was asked; `/slow` takes five seconds, `/large` has 200,000 bytes.
    private static func started(_ doors: Doors, _ limits: ServerLimits = ServerLimits()) throws -> Server {
        let server = Server(doors: doors, limits: limits) { request in
            if request.path == "/slow" { await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 5)) }
            if request.path == "/large" { return Response(status: 200, body: Array(repeating: 0x61, count: 200_000)) }
            let body = "\(request.method.text) \(request.target) \(String(decoding: request.body, as: UTF8.self))"
            return Response(status: 200, headers: [("Echo", request.headers["x"] ?? "")], body: Array(body.utf8))
        }
        server.start(try doors.network.listen(on: address))
        return server
    }

    /// What one connection that sends `pieces` gets back.
    private static func answers(
        seed: UInt64, _ pieces: [String], limits: ServerLimits = ServerLimits()
    ) throws -> [RawAnswer] {
        let text = try World(seed: seed).run { doors in
            let server = try started(doors, limits)
            var connection = try await RawConnection(doors, to: address)
            for piece in pieces { try await connection.send(piece) }
            let text = await connection.rest()
            connection.stream.close()
            await server.stop(withinSeconds: 5)
            return text
        }
        return RawAnswer.all(in: text)
    }

    @Test func `an answer has length and date`() throws {
        let answer = try #require(try Self.answers(seed: 1, [Self.end]).first)
        #expect(
            answer.lines == [
                "HTTP/1.1 200 OK", "Echo: ", "Date: Wed, 15 Jan 2025 00:00:00 GMT", "Connection: close",
                "Content-Length: 9",
            ])
        #expect(answer.body == "GET /end ")
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `pipelined requests are answered in order, however they are cut`(seed: UInt64) throws {
        var text = ""
        var expected: [String] = []
        for number in 0..<12 {
            switch number % 4 {
            case 0:
                text += "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
                expected.append("GET /\(number) ")
            case 1:
                text += "POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                expected.append("POST /\(number) hello")
            case 2:
                text += "PUT /\(number) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                text += "2;e\r\nhe\r\n3\r\nllo\r\n0\r\nT: x\r\n\r\n"
                expected.append("PUT /\(number) hello")
            default:
                text += "HEAD /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
                expected.append("")
            }
        }
        let answers = try Self.answers(seed: seed, [text + Self.end])
        #expect(answers.map(\.body) == expected + ["GET /end "])
        #expect(answers.allSatisfy { $0.status == 200 })
    }

    @Test func `HEAD has the length of GET and no body`() throws {
        let answers = try Self.answers(
            seed: 2,
            ["HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"])
        #expect(answers.map(\.body) == ["", ""])
        #expect(answers[0].lines.contains("Content-Length: 8"))
    }

    @Test func `HTTP 1 point 0 closes unless it asks to stay`() throws {
        let answers = try Self.answers(
            seed: 3,
            ["GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /b HTTP/1.0\r\n\r\n", "GET /c HTTP/1.0\r\n\r\n"])
        #expect(answers.map(\.body) == ["GET /a ", "GET /b "])
        #expect(answers[0].lines.contains("Connection: keep-alive"))
        #expect(answers[1].lines.contains("Connection: close"))
    }

    @Test func `a value cannot begin a line of its own`() throws {
        let world = World(seed: 4)
        let text = try world.run { doors in
            let server = Server(doors: doors) { _ in
                var response = Response(
                    status: 299, headers: [("A", "b\r\nC: d"), ("content-length", "7"), ("date", "x")])
                response.closesConnection = true
                return response
            }
            server.start(try doors.network.listen(on: Self.address))
            var connection = try await RawConnection(doors, to: Self.address)
            try await connection.send(Self.get)
            return await connection.rest()
        }
        #expect(
            text == "HTTP/1.1 299 \r\nA: b  C: d\r\nDate: Wed, 15 Jan 2025 00:00:00 GMT\r\nConnection: close\r\n"
                + "Content-Length: 0\r\n\r\n")
    }

    @Test func `100-continue is sent when the body is about to be read`() throws {
        try World(seed: 5).run { doors in
            let server = try Self.started(doors)
            var connection = try await RawConnection(doors, to: Self.address)
            try await connection.send(
                "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await connection.until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await connection.send("ok")
            let answer = try await connection.until("POST /p ok")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            connection.stream.close()
            await server.stop(withinSeconds: 1)
        }
    }

    @Test(arguments: [
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n", 413,
            "payload_too_large"
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: more\r\n\r\n", 417, "invalid_request"),
        ("GET / HTTP/1.1\nHost: a\n\n", 400, "invalid_request"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "invalid_request"),
    ])
    func `what the parser refuses is answered and closed`(text: String, status: Int, code: String) throws {
        let answers = try Self.answers(seed: 6, [Self.get + text])
        #expect(answers.map(\.status) == [200, status])
        let last = try #require(answers.last)
        #expect(last.body.hasPrefix(#"{"success":false,"error":{"code":"\#(code)","message":""#))
        #expect(last.lines.contains("Connection: close"))
        #expect(last.lines.contains("Content-Type: application/json"))
        #expect(last.lines.contains("Content-Length: \(last.body.utf8.count)"))
    }

    /// Sends `pieces` with a pause of `seconds` before each but the first; returns the answer and when the end came.
    private static func slowly(_ pieces: [String], seconds: Int) throws -> (text: String, milliseconds: UInt64) {
        try World(seed: 7).run { doors in
            let server = try started(doors)
            var connection = try await RawConnection(doors, to: address)
            let began = doors.clock.instant()
            for (index, piece) in pieces.enumerated() {
                if index > 0 { await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: seconds)) }
                try await connection.send(piece)
            }
            let text = await connection.rest()
            let milliseconds = doors.clock.instant().nanoseconds(since: began) / 1_000_000
            connection.stream.close()
            await server.stop(withinSeconds: 1)
            return (text, milliseconds)
        }
    }

    @Test func `a slow head is cut after ten seconds`() throws {
        let (text, milliseconds) = try Self.slowly(["G", "E", "T", " "], seconds: 3)
        #expect(text.hasPrefix("HTTP/1.1 408 "))
        #expect((10_000..<10_100).contains(milliseconds))
    }

    @Test func `a slow body is cut after thirty seconds`() throws {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n"
        let (text, milliseconds) = try Self.slowly([head] + Array(repeating: "x", count: 7), seconds: 4)
        #expect(text.hasPrefix("HTTP/1.1 408 "))
        #expect((30_000..<30_100).contains(milliseconds))
    }

    @Test func `an idle connection is closed after a minute without a word`() throws {
        let (text, milliseconds) = try Self.slowly([""], seconds: 0)
        #expect(text == "")
        #expect((60_000..<60_100).contains(milliseconds))
    }

    @Test func `a slow reader is cut after thirty seconds`() throws {
        try World(seed: 8).run { doors in
            let server = try Self.started(doors)
            let connection = try await RawConnection(doors, to: Self.address)
            try await connection.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 29))
            #expect(server.openConnectionCount == 1)
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 2))
            #expect(server.openConnectionCount == 0)
            connection.stream.close()
        }
    }

    @Test func `a large answer arrives whole`() throws {
        let answer = try #require(
            try Self.answers(seed: 9, ["GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]).first)
        #expect(answer.body.utf8.count == 200_000)
    }

    @Test func `a stop closes the idle and lets the busy finish`() throws {
        try World(seed: 10).run { doors in
            let server = try Self.started(doors)
            var idle = try await RawConnection(doors, to: Self.address)
            var busy = try await RawConnection(doors, to: Self.address)
            try await idle.send(Self.get)
            _ = try await idle.until("GET / ")
            try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
            #expect(server.openConnectionCount == 2)
            let began = doors.clock.instant()
            await server.stop(withinSeconds: 10)
            let seconds = doors.clock.instant().nanoseconds(since: began) / 1_000_000_000
            #expect((3...6).contains(seconds))
            #expect(server.openConnectionCount == 0)
            #expect(await idle.rest() == "")
            let answer = await busy.rest()
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(answer.hasSuffix("GET /slow "))
            await #expect(throws: NetworkError.refused) { _ = try await RawConnection(doors, to: Self.address) }
        }
    }

    @Test func `a stop cuts what does not finish`() throws {
        try World(seed: 11).run { doors in
            let server = try Self.started(doors)
            let stuck = try await RawConnection(doors, to: Self.address)
            try await stuck.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            await doors.scheduler.sleep(until: doors.clock.instant().adding(seconds: 1))
            let began = doors.clock.instant()
            await server.stop(withinSeconds: 3)
            #expect(doors.clock.instant().nanoseconds(since: began) / 1_000_000_000 == 3)
            #expect(server.openConnectionCount == 0)
            stuck.stream.close()
        }
    }

    @Test func `what was answered before a stop is sent before the end`() throws {
        for seed in 0..<20 as Range<UInt64> {
            try World(seed: seed).run { doors in
                let server = try Self.started(doors)
                var connection = try await RawConnection(doors, to: Self.address)
                try await connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
                await doors.scheduler.sleep(until: doors.clock.instant().adding(milliseconds: 4990 + Int(seed)))
                doors.scheduler.spawn(on: 0) { await server.stop(withinSeconds: 10) }
                #expect(await connection.rest().contains("GET /slow "))
                connection.stream.close()
            }
        }
    }

    @Test func `a stream goes through its handshake first`() throws {
        try World(seed: 14).run { doors in
            let server = Server(doors: doors) { _ in Response(status: 204) }
            server.start(try doors.network.listen(on: Self.address)) { _ in nil }
            var connection = try await RawConnection(doors, to: Self.address)
            #expect(await connection.rest() == "")
            #expect(server.openConnectionCount == 0)
        }
    }

    @Test func `connections over the limit are closed at once`() throws {
        var limits = ServerLimits()
        limits.connectionCount = 2
        try World(seed: 12).run { [limits] doors in
            let server = try Self.started(doors, limits)
            var open: [RawConnection] = []
            for _ in 0..<2 { open.append(try await RawConnection(doors, to: Self.address)) }
            var third = try await RawConnection(doors, to: Self.address)
            #expect(await third.rest() == "")
            await server.stop(withinSeconds: 1)
            for connection in open { connection.stream.close() }
        }
    }

    @Test func `every truncation of a request ends without an answer`() throws {
        let text = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell"
        try World(seed: 13).run { doors in
            let server = try Self.started(doors)
            for count in 0..<text.count {
                var connection = try await RawConnection(doors, to: Self.address)
                try await connection.send(String(text.prefix(count)))
                connection.stream.finishSending()
                #expect(await connection.rest() == "")
                connection.stream.close()
            }
            await server.stop(withinSeconds: 1)
            #expect(server.openConnectionCount == 0)
        }
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `a hostile network leaves nothing open`(seed: UInt64) throws {
        var options = WorldOptions()
        options.network = .hostile
        try World(seed: seed, options: options).run { doors in
            let server = try Self.started(doors)
            for _ in 0..<10 {
                guard var connection = try? await RawConnection(doors, to: Self.address) else { continue }
                try? await connection.send(Self.get + Self.end)
                _ = await connection.rest(seconds: 3)
                connection.stream.close()
            }
            await server.stop(withinSeconds: 20)
            #expect(server.openConnectionCount == 0)
        }
    }
}
