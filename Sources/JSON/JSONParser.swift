/// One pass over a text by recursive descent; the recursion is bounded by `limits.depth`.
struct JSONParser: ~Copyable, ~Escapable {
    let bytes: Span<UInt8>
    /// The index of the next byte to look at, at most `bytes.count`.
    var position = 0
    private let limits: JSONLimits
    private var valuesLeft: Int

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        valuesLeft = limits.memberCount
    }

    /// The only value of the text, with nothing but space around it.
    mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw .syntax(offset: position, expected: "the end of the text") }
        return value
    }

    /// The value that begins here.
    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard position < bytes.count else { throw .syntax(offset: position, expected: "a value") }
        guard valuesLeft > 0 else { throw .tooManyValues(offset: position, limit: limits.memberCount) }
        valuesLeft -= 1
        switch bytes[position] {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number())
        case UInt8(ascii: "{"):
            guard depth < limits.depth else { throw .tooDeep(offset: position, limit: limits.depth) }
            return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["):
            guard depth < limits.depth else { throw .tooDeep(offset: position, limit: limits.depth) }
            return .array(try array(depth: depth + 1))
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default:
            throw .syntax(offset: position, expected: "a value")
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw .syntax(offset: position, expected: "a comma or ]") }
            skipSpace()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        position += 1
        var object = JSONObject()
        var names = NameSet()
        skipSpace()
        if take(UInt8(ascii: "}")) { return object }
        // Room for the usual object, so that it does not grow three times.
        object.members.reserveCapacity(8)
        while true {
            let start = position
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw .syntax(offset: position, expected: "a name in quotes")
            }
            let name = try string()
            guard names.insert(name, besides: object.members) else { throw .duplicateName(name, offset: start) }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw .syntax(offset: position, expected: "a colon") }
            skipSpace()
            object.members.append((name, try value(depth: depth)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return object }
            guard take(UInt8(ascii: ",")) else { throw .syntax(offset: position, expected: "a comma or }") }
            skipSpace()
        }
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        guard NumberGrammar.scan(bytes, &position) else { throw .syntax(offset: position, expected: "a digit") }
        return JSONNumber(checked: try text(start..<position))
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let isHere = word.withUTF8Buffer { letters in
            guard letters.count <= bytes.count - position else { return false }
            for index in 0..<letters.count where unsafe letters[index] != bytes[position + index] { return false }
            return true
        }
        guard isHere else { throw .syntax(offset: position, expected: "a value") }
        position += word.utf8CodeUnitCount
    }

    /// Moves over `byte` if it is next.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }
}
