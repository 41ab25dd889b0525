import Billing
import Fields
import HTTP
import JSON

/// One operation of the API, declared once: routing, checks, validation and the OpenAPI document derive from it.
struct Endpoint: Sendable {
    let method: Method
    /// From the root, such as `/api/v1/payments/{hash}`.
    let path: String
    /// Such as `createPayment`.
    let operationID: String
    /// Nil for requests without credentials.
    let scope: Scope?
    let tags: [EndpointTag]
    let summary: StaticString
    let about: StaticString
    let parameters: [PathParameter]
    /// The status of success.
    let status: Int
    /// Codes of its own, beside those every request can meet.
    let errors: [Refusal.Code]
    /// An example of the body in JSON; empty for none.
    let example: StaticString
    /// Writes the schema of the body; nil when there is none.
    let writeInput: (@Sendable (inout SchemaBuilder) -> Void)?
    /// Shows the query's parameters to a schema builder, one by one.
    let describeQuery: @Sendable (inout QueryDescriber) -> Void
    let writeOutput: (@Sendable (inout SchemaBuilder) -> Void)?
    let outputType: StaticString
    let execution: Execution
    /// Answers a request whose first try was interrupted after its first transaction: the object as it now stands.
    let recover: (@Sendable (RequestContext, RawCall, IdempotencyRecord) async throws -> [UInt8])?

    /// Whether it answers while the application's test data is being reset.
    var worksDuringReset = false

    /// Whether its requests change something and so carry a body and are remembered.
    var isMutating: Bool { scope == .write }
}
