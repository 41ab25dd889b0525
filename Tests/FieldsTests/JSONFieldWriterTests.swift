import Fields
import JSON
import Runtime
import Testing

@Suite struct JSONFieldWriterTests {
    private static func text(_ record: some Record) -> String {
        var json = JSONWriter()
        record.write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `a record is written in the order of its list, without what is only stored`() {
        var sample = Sample.full
        sample.children = []
        sample.shownOnly = 8
        #expect(
            Self.text(sample) == #"""
                {"text":"grüß ✓","optional_text":"","number":-5,"optional_number":0,"flag":true,"optional_flag":false,\#
                "time":"2025-01-15T00:00:00Z","optional_time":"1970-01-01T00:00:00Z","blob":"0001ff",\#
                "colour":"dark_blue","optional_colour":"green","colours":["red","dark_blue"],"texts":["","one","two"],\#
                "numbers":[0,-1,9223372036854775807,-9223372036854775808],"metadata":{"order":"7","empty":""},\#
                "child":{"name":"inner","size":3},"optional_child":{"name":"","size":0},"children":[],"last":9,\#
                "shown_only":8}
                """#)
    }

    @Test func `what is nil is written as null`() throws {
        guard case .object(let object) = try JSON.parse(Array(Self.text(Sample()).utf8)) else {
            Issue.record("no object")
            return
        }
        for name in ["optional_text", "optional_number", "optional_flag", "optional_time", "optional_child"] {
            #expect(object[name] == .null)
        }
        #expect(object["hidden"] == nil)
        #expect(object.members.count == 20)
    }
}
