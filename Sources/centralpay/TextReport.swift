import JSON

/// A JSON answer laid out for people: a line for each member, a table for a list of objects.
enum TextReport {
    static func text(of object: JSONObject) -> String {
        var lines: [String] = []
        append(object, prefix: "", to: &lines)
        return lines.map { $0 + "\n" }.joined()
    }

    private static func append(_ object: JSONObject, prefix: String, to lines: inout [String]) {
        for (name, value) in object.members {
            switch value {
            case .object(let inner): append(inner, prefix: prefix + name + ".", to: &lines)
            case .array(let elements): append(elements, name: prefix + name, to: &lines)
            default: lines.append("\(prefix)\(name): \(scalar(value))")
            }
        }
    }

    private static func append(_ elements: [JSONValue], name: String, to lines: inout [String]) {
        var rows: [JSONObject] = []
        for element in elements {
            guard case .object(let row) = element else { break }
            rows.append(row)
        }
        guard !rows.isEmpty, rows.count == elements.count else {
            if elements.isEmpty {
                lines.append("\(name): none")
            } else {
                lines.append("\(name): " + elements.map(scalar).joined(separator: ", "))
            }
            return
        }
        let columns = rows[0].members.map(\.name)
        let table = [columns] + rows.map { row in columns.map { column in row[column].map(scalar) ?? "" } }
        let widths = columns.indices.map { column in table.map(\.[column].count).max() ?? 0 }
        for cells in table {
            let line = zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: "  ")
            lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .null: "-"
        case .bool(let flag): flag ? "yes" : "no"
        case .number(let number): number.text
        case .string(let text): text
        case .array(let elements): elements.isEmpty ? "-" : elements.map(scalar).joined(separator: ",")
        case .object: String(decoding: value.encoded(), as: UTF8.self)
        }
    }
}
