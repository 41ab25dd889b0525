import JSON
import Platform

/// One line of results.
struct Figures {
    private var json = JSONWriter()

    init(_ name: String) {
        json.beginObject()
        json.name("benchmark")
        json.string(name)
    }

    mutating func add(_ name: StaticString, _ value: Int) {
        json.name(name)
        json.integer(Int64(value))
    }

    mutating func add(_ name: StaticString, _ value: String) {
        json.name(name)
        json.string(value)
    }

    /// Writes the line to standard output.
    consuming func print() {
        json.endObject()
        HostProcess.write(json.bytes + [0x0a], to: .standardOutput)
    }
}
