package import HTTP

extension Page {
    /// The page as an answer.
    package var response: Response {
        Response(status: status, headers: headers, body: bytes)
    }
}
