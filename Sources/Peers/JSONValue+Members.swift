import JSON

extension JSONValue {
    static func members(_ members: [(name: String, value: JSONValue)]) -> JSONValue { .object(JSONObject(members)) }

    static func integer(_ value: Int64) -> JSONValue { .number(JSONNumber(value)) }

    /// Null where there is no text.
    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    static func metadata(_ pairs: StripePeerObjects.Metadata) -> JSONValue {
        .members(pairs.map { ($0.name, .string($0.value)) })
    }
}
