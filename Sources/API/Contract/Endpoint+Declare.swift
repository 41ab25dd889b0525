import Billing
import Fields
import HTTP
import JSON
import Runtime
import Storage

/// What a declaration says beside its types and its handler.
struct Declaration {
    var tags: [EndpointTag]
    var summary: StaticString
    var about: StaticString = ""
    var parameters: [PathParameter] = []
    var errors: [Refusal.Code] = []
    var example: StaticString = "{}"
}

extension Endpoint {
    /// A GET answered from one snapshot.
    static func read<Query: Record, Output: Record>(
        _ path: String, _ operationID: String, _ declaration: Declaration, query: Query.Type,
        _ handler: @escaping @Sendable (RequestContext, Call<NoInput, Query>, Snapshot) throws -> Output
    ) -> Endpoint {
        declare(
            .get, path, operationID, .read, declaration, 200, NoInput.self, Query.self, Output.self,
            .read { context, raw in
                let call = try raw.read(NoInput.self, Query.self)
                return try context.services.store.readSync { snapshot in
                    Envelope.render(try handler(context, call, snapshot))
                }
            })
    }

    /// A GET answered from one snapshot, without parameters.
    static func read<Output: Record>(
        _ path: String, _ operationID: String, _ declaration: Declaration,
        _ handler: @escaping @Sendable (RequestContext, Call<NoInput, NoInput>, Snapshot) throws -> Output
    ) -> Endpoint {
        read(path, operationID, declaration, query: NoInput.self, handler)
    }

    /// A GET answered from one snapshot that takes more than a few reads, beside the loop.
    static func report<Query: Record, Output: Record>(
        _ path: String, _ operationID: String, _ declaration: Declaration, query: Query.Type,
        _ handler: @escaping @Sendable (RequestContext, Call<NoInput, Query>, Snapshot) throws -> Output
    ) -> Endpoint {
        declare(
            .get, path, operationID, .read, declaration, 200, NoInput.self, Query.self, Output.self,
            .perform { context, raw in
                let call = try raw.read(NoInput.self, Query.self)
                return try await context.services.readers.run {
                    try context.store.readSync { snapshot in Envelope.render(try handler(context, call, snapshot)) }
                }
            })
    }

    /// A GET answered from one snapshot with something other than JSON.
    static func document(
        _ path: String, _ operationID: String, _ declaration: Declaration, type: StaticString,
        _ handler: @escaping @Sendable (RequestContext, Call<NoInput, NoInput>, Snapshot) throws -> Response
    ) -> Endpoint {
        Endpoint(
            method: .get, path: "/api/v1" + path, operationID: operationID, scope: .read, tags: declaration.tags,
            summary: declaration.summary, about: declaration.about, parameters: declaration.parameters, status: 200,
            errors: declaration.errors, example: "", writeInput: nil, describeQuery: { _ in }, writeOutput: nil,
            outputType: type,
            execution: .document { context, raw in
                let call = try raw.read(NoInput.self, NoInput.self)
                return try context.store.readSync { snapshot in try handler(context, call, snapshot) }
            }, recover: nil)
    }

    /// A GET of a list, page by page.
    static func list<Filter: Record, Row: Entity, Item: Resource>(
        _ path: String, _ operationID: String, _ declaration: Declaration, filter: Filter.Type,
        _ plan:
            @escaping @Sendable (RequestContext, Call<NoInput, ListQuery<Filter>>, Snapshot) throws -> ListPlan<
                Row, Item
            >
    ) -> Endpoint {
        declare(
            .get, path, operationID, .read, declaration, 200, NoInput.self, ListQuery<Filter>.self, Page<Item>.self,
            .perform { context, raw in
                let call = try raw.read(NoInput.self, ListQuery<Filter>.self)
                let store = context.services.store
                let plan = try store.readSync { snapshot in try plan(context, call, snapshot) }
                let run: @Sendable () throws -> [UInt8] = {
                    try store.readSync { snapshot in Envelope.render(try plan.page(call.query, in: snapshot)) }
                }
                // A page behind an index is a short walk; anything longer must not hold up the loop.
                guard plan.filter != nil || call.query.wantsTotal else { return try run() }
                return try await context.services.readers.run(run)
            })
    }

    /// A mutation that is one transaction; its answer is kept for its idempotency key in the same one.
    static func change<Input: Record, Output: Record>(
        _ method: Method, _ path: String, _ operationID: String, _ declaration: Declaration, status: Int = 200,
        input: Input.Type,
        _ handler: @escaping @Sendable (RequestContext, Call<Input, NoInput>, Transaction) throws -> Output
    ) -> Endpoint {
        declare(
            method, path, operationID, .write, declaration, status, Input.self, NoInput.self, Output.self,
            .perform { context, raw in
                let call = try raw.read(Input.self, NoInput.self)
                return try await context.transact { transaction in
                    let body = Envelope.render(try handler(context, call, transaction))
                    context.keep(status, body, in: transaction)
                    return body
                }
            })
    }

    /// A mutation that waits for others, such as gateways. Its first transaction runs `context.gate`.
    ///
    /// - Parameter recover: The object as it now stands, for a retry of a request that was interrupted.
    static func perform<Input: Record, Output: Record>(
        _ method: Method, _ path: String, _ operationID: String, _ declaration: Declaration, status: Int = 200,
        input: Input.Type,
        recover: @escaping @Sendable (RequestContext, RawCall, IdempotencyRecord, Snapshot) throws -> Output,
        _ handler: @escaping @Sendable (RequestContext, Call<Input, NoInput>) async throws -> Output
    ) -> Endpoint {
        declare(
            method, path, operationID, .write, declaration, status, Input.self, NoInput.self, Output.self,
            .perform { context, raw in
                let call = try raw.read(Input.self, NoInput.self)
                return try await Patience.wait(
                    context,
                    for: {
                        let body = Envelope.render(try await handler(context, call))
                        await context.keep(status, body)
                        return body
                    },
                    else: { record in
                        try context.store.readSync { snapshot in
                            Envelope.render(try recover(context, raw, record, snapshot))
                        }
                    })
            },
            recover: { context, raw, record in
                try await context.services.store.read { snapshot in
                    Envelope.render(try recover(context, raw, record, snapshot))
                }
            })
    }

    private static func declare<Input: Record, Query: Record, Output: Record>(
        _ method: Method, _ path: String, _ operationID: String, _ scope: Scope, _ declaration: Declaration,
        _ status: Int, _: Input.Type, _: Query.Type, _: Output.Type, _ execution: Execution,
        recover: (@Sendable (RequestContext, RawCall, IdempotencyRecord) async throws -> [UInt8])? = nil
    ) -> Endpoint {
        var writeInput: (@Sendable (inout SchemaBuilder) -> Void)?
        if scope == .write { writeInput = { schema in schema.object(Input.self) } }
        return Endpoint(
            method: method, path: "/api/v1" + path, operationID: operationID, scope: scope, tags: declaration.tags,
            summary: declaration.summary, about: declaration.about, parameters: declaration.parameters,
            status: status, errors: declaration.errors, example: declaration.example,
            writeInput: writeInput,
            describeQuery: { describer in
                var query = Query()
                query.visit(&describer)
            },
            writeOutput: { schema in schema.object(Envelope<Output>.self) }, outputType: "application/json",
            execution: execution, recover: recover)
    }

    /// A request at the root, without credentials.
    static func open<Query: Record>(
        _ method: Method, _ path: String, _ operationID: String, _ declaration: Declaration,
        query: Query.Type, outputType: StaticString = "application/json",
        _ handler: @escaping @Sendable (Services, Request, RawCall) async throws -> Response
    ) -> Endpoint {
        Endpoint(
            method: method, path: path, operationID: operationID, scope: nil, tags: declaration.tags,
            summary: declaration.summary, about: declaration.about, parameters: declaration.parameters, status: 200,
            errors: declaration.errors, example: "", writeInput: nil,
            describeQuery: { describer in
                var query = Query()
                query.visit(&describer)
            },
            writeOutput: nil, outputType: outputType, execution: .open(handler), recover: nil)
    }
}
