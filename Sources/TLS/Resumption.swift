/// A session that a server goes on with.
struct Resumption {
    /// Which of the client's it is.
    let index: Int
    let key: SessionKey
    let contents: TicketContents
}
