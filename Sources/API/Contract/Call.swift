import Billing
import Fields

/// One request as an endpoint's handler sees it: read and checked against the endpoint's declaration.
struct Call<Input: Record, Query: Record>: Sendable {
    let input: Input
    let query: Query
    let raw: RawCall

    /// The identifier at `position` of the path's parameters.
    ///
    /// - Throws: `invalid_parameter` when it is not written as one.
    func identifier<Kind: IdentifierKind>(_: Kind.Type, at position: Int = 0) throws(Refusal) -> Identifier<Kind> {
        try raw.identifier(Kind.self, at: position)
    }

    /// The text at `position` of the path's parameters.
    func text(at position: Int = 0) -> String { raw.parameters[position] }
}
