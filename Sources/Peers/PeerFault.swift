/// What a peer does wrong with one call.
package enum PeerFault: Sendable, Equatable {
    /// The connection is cut, and nothing was done.
    case cutBefore
    /// Everything was done, and the connection is cut before a byte of the answer.
    case cutAfter
    /// Everything was done, and the connection is cut in the middle of the answer.
    case cutWithinAnswer
    /// Nothing was done, and no answer ever comes.
    case silentBefore
    /// Everything was done, and no answer ever comes.
    case silentAfter
    /// An error of the vendor's own, kept under the call's key and sent again for it; whether the work was done.
    case storedError(isDone: Bool)
    /// Everything was done, and the answer is no JSON.
    case garbage
    /// Everything is done and answered, after so many milliseconds.
    case slow(milliseconds: Int)
    /// Turned away before anything was done.
    case rateLimited
}
