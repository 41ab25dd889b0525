import Fields
import JSON
import Runtime

/// A word of a fixed set.
enum Colour: String, Choice {
    case red, green
    case darkBlue = "dark_blue"
}

/// A record inside another.
struct Child: Record, Equatable {
    var name = ""
    var size: Int64 = 0

    init() {}

    init(_ name: String, _ size: Int64) {
        self.name = name
        self.size = size
    }

    static var schemaName: StaticString { "Child" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "name", &name, .length(1...10), "What it is called.")
        try visitor.field(2, "size", &size, .within(0...100), "")
    }
}

/// A record with a field of every kind.
struct Sample: Record, Equatable {
    var text = ""
    var optionalText: String?
    var number: Int64 = 0
    var optionalNumber: Int64?
    var flag = false
    var optionalFlag: Bool?
    var time = Timestamp(milliseconds: 0)
    var optionalTime: Timestamp?
    var blob = Blob()
    var colour = Colour.red
    var optionalColour: Colour?
    var colours: [Colour] = []
    var texts: [String] = []
    var numbers: [Int64] = []
    var metadata = Metadata()
    var child = Child()
    var optionalChild: Child?
    var children: [Child] = []
    var hidden = ""
    var last: Int64 = 0
    var shownOnly: Int64 = 0

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(1, "text", &text)
        try visitor.field(2, "optional_text", &optionalText)
        try visitor.field(3, "number", &number)
        try visitor.field(4, "optional_number", &optionalNumber)
        try visitor.field(5, "flag", &flag)
        try visitor.field(6, "optional_flag", &optionalFlag)
        try visitor.field(7, "time", &time)
        try visitor.field(8, "optional_time", &optionalTime)
        try visitor.field(9, "blob", &blob)
        try visitor.field(10, "colour", &colour)
        try visitor.field(11, "optional_colour", &optionalColour)
        try visitor.field(12, "colours", &colours)
        try visitor.field(13, "texts", &texts)
        try visitor.field(14, "numbers", &numbers)
        try visitor.field(15, "metadata", &metadata)
        try visitor.field(16, "child", &child)
        try visitor.field(17, "optional_child", &optionalChild)
        try visitor.field(18, "children", &children)
        try visitor.stored(40, &hidden)
        try visitor.field(1000, "last", &last)
        try visitor.member("shown_only", &shownOnly)
    }

    /// Every field set to something.
    static var full: Sample {
        var sample = Sample()
        sample.text = "grüß ✓"
        sample.optionalText = ""
        sample.number = -5
        sample.optionalNumber = 0
        sample.flag = true
        sample.optionalFlag = false
        sample.time = Timestamp(milliseconds: 1_736_899_200_123)
        sample.optionalTime = Timestamp(milliseconds: 0)
        sample.blob = Blob([0, 1, 255])
        sample.colour = .darkBlue
        sample.optionalColour = .green
        sample.colours = [.red, .darkBlue]
        sample.texts = ["", "one", "two"]
        sample.numbers = [0, -1, .max, .min]
        sample.metadata = Metadata([.init(key: "order", value: "7"), .init(key: "empty", value: "")])
        sample.child = Child("inner", 3)
        sample.optionalChild = Child()
        sample.children = [Child("a", 1), Child(), Child(String(repeating: "long", count: 60), .max)]
        sample.hidden = "secret"
        sample.last = 9
        return sample
    }
}

/// The same table as `Sample`, as an older program knows it.
struct OldSample: Record, Equatable {
    var number: Int64 = 7
    var colour = Colour.green
    var last: Int64 = 0

    init() {}

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.field(3, "number", &number)
        try visitor.field(10, "colour", &colour)
        try visitor.field(1000, "last", &last)
    }
}
