import HTTP

/// How an endpoint does its work; each closure answers the whole body, or where it is not JSON the whole response.
enum Execution: Sendable {
    /// From one snapshot, at once.
    case read(@Sendable (RequestContext, RawCall) throws -> [UInt8])
    /// With waiting: transactions, gateway calls, scans on the reader thread.
    case perform(@Sendable (RequestContext, RawCall) async throws -> [UInt8])
    /// From one snapshot, as something other than JSON.
    case document(@Sendable (RequestContext, RawCall) throws -> Response)
    /// Without credentials.
    case open(@Sendable (Services, Request, RawCall) async throws -> Response)
}
