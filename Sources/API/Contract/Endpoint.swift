package import Billing
package import Fields
package import HTTP
package import JSON

/// One operation of the API, declared once: routing, checks, validation and the OpenAPI document derive from it.
package struct Endpoint: Sendable {
    package let method: Method
    /// From the root, such as `/api/v1/payments/{hash}`.
    package let path: String
    /// Such as `createPayment`.
    package let operationID: String
    /// Nil for requests without credentials.
    package let scope: Scope?
    package let tags: [EndpointTag]
    package let summary: StaticString
    package let about: StaticString
    package let parameters: [PathParameter]
    /// The status of success.
    package let status: Int
    /// Codes of its own, beside those every request can meet.
    package let errors: [Refusal.Code]
    /// An example of the body in JSON; empty for none.
    package let example: StaticString
    /// Writes the schema of the body; nil when there is none.
    let writeInput: (@Sendable (inout SchemaBuilder) -> Void)?
    /// Shows the query's parameters to a schema builder, one by one.
    let describeQuery: @Sendable (inout QueryDescriber) -> Void
    let writeOutput: (@Sendable (inout SchemaBuilder) -> Void)?
    let outputType: StaticString
    let execution: Execution
    /// Answers a request whose first try was interrupted after its first transaction: the object as it now stands.
    let recover: (@Sendable (RequestContext, RawCall, IdempotencyRecord) async throws -> [UInt8])?

    /// Whether its requests change something and so carry a body and are remembered.
    package var isMutating: Bool { scope == .write }
}
