package import HTTP

extension AssetServer {
    /// The answer to a request for `path`: the file, 304 when the browser has it already, or nil for no such file.
    ///
    /// - Parameter validator: The request's `If-None-Match`.
    package func response(path: String, validator: String?) -> Response? {
        guard let file = file(at: path) else { return nil }
        // RFC 9110, 13.1.2: compared weakly, against any member of the list.
        let known = (validator ?? "").split(separator: ",").map { member in
            let member = member.drop { $0 == " " }
            return member.hasPrefix("W/") ? member.dropFirst(2) : member
        }
        if known.contains(where: { $0.prefix { $0 != " " } == file.entityTag }) {
            return Response(status: 304, headers: file.headers.filter { $0.name != "Content-Type" })
        }
        return Response(status: 200, headers: file.headers, body: file.bytes)
    }
}
