import HTTP

/// How an endpoint does its work; each closure answers the whole body.
enum Execution: Sendable {
    /// From one snapshot, at once.
    case read(@Sendable (RequestContext, RawCall) throws -> [UInt8])
    /// With waiting: transactions, gateway calls, scans on the reader thread.
    case perform(@Sendable (RequestContext, RawCall) async throws -> [UInt8])
    /// Without credentials.
    case open(@Sendable (Services, Request, RawCall) async throws -> Response)
}
