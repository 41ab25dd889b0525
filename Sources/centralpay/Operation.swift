import JSON

/// One act of the operator on the data: its arguments in, its answer out. The same code runs inside a server, reached
/// by its control socket, and in the command itself where no server runs.
struct Operation: Sendable {
    /// The words of the command, such as `app create`; names it on the control socket.
    let name: String
    /// Whether it may change something; a command that does prints where.
    let isWrite: Bool
    /// Whether it may begin a new data directory that the command line names.
    var createsData = false
    /// Whether it tells how far it is.
    var reportsProgress = false
    /// Its answer for people; nil to lay out the JSON.
    var text: (@Sendable (JSONObject) -> String)?
    let run: @Sendable (OperationInput, Composition) async throws -> JSONObject
}
