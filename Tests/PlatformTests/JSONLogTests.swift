import Runtime
import Testing

@testable import Platform

@Suite struct JSONLogTests {
    @Test func `a line is one object, whatever the values hold`() {
        let line = JSONLog.line(
            at: Timestamp(milliseconds: 1_736_899_200_007), .warning, "disk_low",
            [("path", "a\"b\\c\n\u{1}é"), ("free_bytes", "12")])
        #expect(
            String(decoding: line, as: UTF8.self) == #"{"time":"2025-01-15T00:00:00.007Z","level":"warning","#
                + #""event":"disk_low","path":"a\"b\\c\n\u0001é","free_bytes":"12"}"# + "\n")
    }

    @Test func `a long value is cut`() {
        let line = JSONLog.line(
            at: Timestamp(seconds: 0), .info, "x", [("value", String(repeating: "a", count: 5000))])
        #expect(line.count < 1200)
    }

    @Test func `a line stays small enough for one write to a pipe`() {
        let value = String(repeating: "\u{1}", count: 5000)
        let line = JSONLog.line(at: Timestamp(seconds: 0), .error, "x", Array(repeating: ("name", value), count: 50))
        #expect(line.count < 4096)
        #expect(String(decoding: line, as: UTF8.self).hasSuffix(#","is_cut":"true"}"# + "\n"))
    }
}
