import JSON
import Testing

/// Damaged texts: they may be refused or not, but what is accepted must come back, and nothing may trap.
@Suite struct JSONMutationTests {
    static let document = Array(
        #"""
        {"id":"pay_01","amount":"99.99","rate":-0.5e-3,"live":true,"none":null,"list":[1,[2,[{"x":"\u00e9\ud83d\ude00é😀"}]],false],
         "metadata":{"order":"12 \"x\"","note":"a\\b\/c\n"},"empty":[],"nothing":{},"big":100000000000000000000}
        """#.utf8)

    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        guard let value = try? JSON.parse(bytes) else { return false }
        // What was read can be written and read again.
        #expect((try? JSON.parse(value.encoded())) == value)
        return true
    }

    @Test func `every truncation of a document is refused`() {
        #expect(isAccepted(Self.document))
        for end in 0..<Self.document.count {
            #expect(!isAccepted(Array(Self.document[..<end])))
        }
    }

    @Test func `every truncation of a big document is refused with an offset inside it`() throws {
        let element = String(decoding: Self.document, as: UTF8.self)
        let document = Array("[\(Array(repeating: element, count: 6).joined(separator: ","))]".utf8)
        for end in 0..<document.count {
            do throws(JSONError) {
                _ = try JSON.parse(Array(document[..<end]))
                Issue.record("accepted up to \(end)")
            } catch {
                switch error {
                // Behind the first half of an escaped pair, the second is missing.
                case .syntax(let offset, _), .loneSurrogate(let offset): #expect(offset <= end)
                default: Issue.record("\(error)")
                }
            }
        }
    }

    @Test func `random mutations never trap`() {
        var generator = Generator(state: 7)
        // Short pieces of the kinds of text there are, so that 100,000 cases stay quick.
        let seeds = [
            #"{"a":[1,-2.5e3,"x"],"b":null}"#, #"["\u00e9\ud83d\ude00","é😀\n"]"#, "[[[[true]]],false,{}]", "-12.50E+07",
            #"{"a":{"b":{"c":0}}, "d" : "e" }"#,
        ].map { Array($0.utf8) }
        let spice =
            Array("{}[]:,\"\\u0eE+-. dDtfn\u{0}\u{1f}\u{7f}".utf8) + [0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0xff]
        var acceptedCount = 0
        for _ in 0..<100_000 {
            var bytes = seeds[generator.next(below: seeds.count)]
            for _ in 0...generator.next(below: 3) {
                let index = generator.next(below: bytes.count)
                switch generator.next(below: 5) {
                case 0: bytes[index] ^= 1 << UInt8(generator.next(below: 8))
                case 1: bytes[index] = spice[generator.next(below: spice.count)]
                case 2: bytes.insert(spice[generator.next(below: spice.count)], at: index)
                case 3 where bytes.count > 1: bytes.remove(at: index)
                default: bytes.swapAt(index, generator.next(below: bytes.count))
                }
            }
            if let value = try? JSON.parse(bytes) {
                acceptedCount += 1
                if acceptedCount % 8 == 0 { #expect((try? JSON.parse(value.encoded())) == value) }
            }
        }
        #expect(acceptedCount > 1_000 && acceptedCount < 90_000)
    }

    @Test func `random values come back from text`() throws {
        var generator = Generator(state: 11)
        for _ in 0..<1_000 {
            let value = generator.value(depth: 0)
            let bytes = value.encoded()
            #expect(try JSON.parse(bytes) == value)
            #expect(try JSON.parse(bytes).encoded() == bytes)
            #expect(try JSON.parse(Array(value.pretty(indent: 3).utf8)) == value)
        }
    }
}

/// A small congruential generator: the same numbers in every run.
private struct Generator {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func text() -> String {
        let scalars = Array("ab \"\\/\n\u{0}\u{1f}é€😀\u{2028}\u{e2}\u{2027}Ω".unicodeScalars)
        var text = ""
        for _ in 0..<next(below: 24) { text.unicodeScalars.append(scalars[next(below: scalars.count)]) }
        return text
    }

    mutating func value(depth: Int) -> JSONValue {
        switch next(below: depth < 4 ? 8 : 5) {
        case 0: return .null
        case 1: return .bool(next(below: 2) == 0)
        case 2: return .number(JSONNumber(Int64(next(below: 1 << 30)) - 1 << 29))
        case 3, 4: return .string(text())
        case 5: return .array((0..<next(below: 5)).map { _ in value(depth: depth + 1) })
        default:
            return .object(JSONObject((0..<next(below: 5)).map { ("\($0) \(text())", value(depth: depth + 1)) }))
        }
    }
}
