/// How a gateway's notice is answered.
package struct InboundAnswer: Sendable, Equatable {
    /// The HTTP status: 200 once it is stored, 400 when it cannot be believed, 404, 413, or 503 to have it sent again.
    package let status: Int
    package let message: String

    package init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }
}
