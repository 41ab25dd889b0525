import Billing
import Fields
import Runtime

/// What sets or moves the clock of a test application: one of three.
struct TestClockInput: Record {
    var frozenAt: Timestamp?
    var advanceTo: Timestamp?
    var advanceBy: Int64?

    init() {}
    static var schemaName: StaticString { "TestClockInput" }

    mutating func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.member("frozen_at", &frozenAt, "Gives the application a clock of its own that stands there.")
        try visitor.member("advance_to", &advanceTo, "Moves it forward to this moment.")
        try visitor.member(
            "advance_by", &advanceBy, .within(0...ClockCourse.longestSeconds), "Moves it forward by so many seconds.")
    }

    /// What is asked for.
    enum Wish: Sendable {
        case freeze(Timestamp)
        case advance(ClockAdvance)
    }

    /// - Throws: `validation_failed` unless exactly one is given.
    func wish() throws(Refusal) -> Wish {
        switch (frozenAt, advanceTo, advanceBy) {
        case (let time?, nil, nil): return .freeze(time)
        case (nil, let time?, nil): return .advance(.to(time))
        case (nil, nil, let seconds?): return .advance(.by(seconds))
        case (nil, nil, nil):
            throw .invalid("advance_to", "required", "Give frozen_at, advance_to or advance_by.")
        default:
            throw .invalid("advance_to", "conflict", "Give only one of frozen_at, advance_to and advance_by.")
        }
    }
}
