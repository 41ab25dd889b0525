import Billing
import Fields
import HTTP
import JSON

/// The variable parts of a request before they are read: path parameters, query and body.
struct RawCall: Sendable {
    /// In the order of the template.
    let parameters: [String]
    /// The raw query.
    let query: String
    /// The body's object; an empty one for requests without a body.
    let body: JSONObject

    /// - Throws: `invalid_parameter`.
    func identifier<Kind: IdentifierKind>(_: Kind.Type, at position: Int = 0) throws(Refusal) -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(parameters[position]) else {
            throw Refusal(
                .invalidParameter,
                "The identifier in the path has the form \(Kind.prefix) and 32 lower-case hexadecimal digits.")
        }
        return identifier
    }

    /// Reads query and body as an endpoint declares them.
    ///
    /// - Throws: `invalid_parameter` or `validation_failed`, each with all its issues.
    func read<Input: Record, Query: Record>(_: Input.Type, _: Query.Type) throws(Refusal) -> Call<Input, Query> {
        let query = try readQuery(Query.self)
        var input = Input()
        var reader = InputReader(body, InputIssues())
        input.visit(&reader)
        reader.finish()
        guard reader.issues.issues.isEmpty else { throw .invalid(reader.issues.issues) }
        return Call(input: input, query: query, raw: self)
    }

    private func readQuery<Query: Record>(_: Query.Type) throws(Refusal) -> Query {
        var record = Query()
        var object = JSONObject()
        var issues = InputIssues(acceptsText: true)
        if !query.isEmpty {
            guard let items = QueryItems(query, limit: 50) else {
                throw Refusal(.invalidParameter, "The query string is not percent-encoded UTF-8, or has over 50 items.")
            }
            for (name, value) in items {
                if object[name] != nil {
                    issues.add(String(name.prefix(64)), "duplicate", "Give this parameter once.")
                } else {
                    object.members.append((name, .string(value)))
                }
            }
        }
        var reader = InputReader(object, issues)
        record.visit(&reader)
        reader.finish()
        guard reader.issues.issues.isEmpty else {
            throw Refusal(
                .invalidParameter, "Some query parameters are not valid; errors names each.",
                issues: reader.issues.issues)
        }
        return record
    }
}
