/// A ticket of ours that a client has brought back.
struct OpenedTicket {
    /// The key's name.
    let name: [UInt8]
    /// The ticket's number under this key.
    let serial: UInt64
    let contents: TicketContents
}
