package import Bytes

/// Writes compact JSON text, member by member, and puts the commas itself.
///
/// The caller keeps the order of calls right: in an object each value follows its name.
@usableFromInline
package struct JSONWriter: Sendable {
    /// The text so far.
    package var output: ByteWriter
    /// Whether a comma must stand before the next name or value.
    private var needsComma = false

    /// An empty writer with room for `capacity` bytes before it grows.
    @usableFromInline package init(capacity: Int = 0) {
        output = ByteWriter(capacity: capacity)
    }

    /// The text so far.
    @usableFromInline package var bytes: [UInt8] { output.bytes }

    // MARK: Structure

    @usableFromInline package mutating func beginObject() {
        separate()
        output.append(UInt8(ascii: "{"))
        needsComma = false
    }

    @usableFromInline package mutating func endObject() {
        output.append(UInt8(ascii: "}"))
        needsComma = true
    }

    @usableFromInline package mutating func beginArray() {
        separate()
        output.append(UInt8(ascii: "["))
        needsComma = false
    }

    @usableFromInline package mutating func endArray() {
        output.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// The name of the next member: a literal that needs no escapes.
    @usableFromInline package mutating func name(_ name: StaticString) {
        let needsComma = needsComma
        output.bytes.append(addingCapacity: name.utf8CodeUnitCount + 4) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(name)
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
        self.needsComma = false
    }

    /// The name of the next member, any text.
    @_disfavoredOverload
    @usableFromInline package mutating func name(_ name: String) {
        separate()
        JSONEscapes.append(name.utf8.span, to: &output)
        output.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    /// A literal that needs no escapes.
    @usableFromInline package mutating func string(_ text: StaticString) {
        let needsComma = needsComma
        output.bytes.append(addingCapacity: text.utf8CodeUnitCount + 3) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(text)
            output.append(UInt8(ascii: "\""))
        }
        self.needsComma = true
    }

    /// Any text, escaped where JSON asks for it.
    @_disfavoredOverload
    @usableFromInline package mutating func string(_ text: String) {
        separate()
        JSONEscapes.append(text.utf8.span, to: &output)
        needsComma = true
    }

    @usableFromInline package mutating func integer(_ value: Int64) {
        separate()
        output.appendDecimal(value)
        needsComma = true
    }

    @usableFromInline package mutating func bool(_ value: Bool) {
        separate()
        output.append(value ? "true" as StaticString : "false" as StaticString)
        needsComma = true
    }

    @usableFromInline package mutating func null() {
        separate()
        output.append("null" as StaticString)
        needsComma = true
    }

    @usableFromInline package mutating func number(_ value: JSONNumber) {
        separate()
        output.append(value.text)
        needsComma = true
    }

    /// A decimal number of `units` of 10^-`digits`, with exactly so many digits behind the point: 3000 and 2 give 30.00.
    ///
    /// - Parameter digits: 0 to 18.
    @usableFromInline package mutating func fixed(_ units: Int64, digits: Int) {
        separate()
        output.appendFixed(units, digits: digits)
        needsComma = true
    }

    /// One value that is JSON text already.
    @usableFromInline package mutating func raw(_ encoded: [UInt8]) {
        separate()
        output.append(encoded)
        needsComma = true
    }

    @usableFromInline package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let isTrue): bool(isTrue)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for (name, value) in object.members {
                self.name(name)
                self.value(value)
            }
            endObject()
        }
    }

    // MARK: Layout

    /// The comma that is due, and a new line before the next name or value.
    mutating func newline(spaces: Int) {
        separate()
        needsComma = false
        closingNewline(spaces: spaces)
    }

    /// A new line before a closing bracket.
    mutating func closingNewline(spaces: Int) {
        output.append(UInt8(ascii: "\n"))
        for _ in 0..<spaces { output.append(UInt8(ascii: " ")) }
    }

    private mutating func separate() {
        if needsComma { output.append(UInt8(ascii: ",")) }
    }
}
