/// What goes wrong with one connection, by script.
package enum ConnectionFault: Sendable, Equatable {
    /// `connect` throws `refused`.
    case refuse
    /// Nobody answers; the deadline passes.
    case timeOut
    /// The stream is reset both ways after this many bytes from the connecting to the listening side.
    case cutAfterRequest(byteCount: Int)
    /// The stream is reset both ways after this many bytes from the listening to the connecting side.
    case cutAfterResponse(byteCount: Int)
    /// As `cutAfterRequest`, but everything just stops, and nobody is told.
    case silenceAfterRequest(byteCount: Int)
    /// As `cutAfterResponse`, but everything just stops, and nobody is told.
    case silenceAfterResponse(byteCount: Int)
}
