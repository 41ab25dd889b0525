import HTTP
import Testing

@Suite struct SecureRedirectTests {
    private func answer(_ target: String, host: String, to url: String = "https://pay.example") throws -> Response {
        let redirect = SecureRedirect(to: try #require(URL(url)))
        return redirect.response(to: Request(method: .post, target: target, headers: Headers([("Host", host)])))
    }

    @Test(arguments: [
        ("/", "pay.example", "https://pay.example/"),
        ("/checkout/1?locale=pt&x=%20", "PAY.example:80", "https://pay.example/checkout/1?locale=pt&x=%20"),
        ("//elsewhere.example/", "pay.example", "https://pay.example//elsewhere.example/"),
        ("*", "pay.example", "https://pay.example/"),
    ])
    func `path and query are kept, and the method with them`(target: String, host: String, location: String) throws {
        let response = try answer(target, host: host)
        #expect(response.status == 308)
        #expect(response.headers.first { $0.name == "Location" }?.value == location)
    }

    @Test func `the port of the public address is kept`() throws {
        let response = try answer("/a", host: "pay.example:8080", to: "https://pay.example:8443/sub")
        #expect(response.headers.first { $0.name == "Location" }?.value == "https://pay.example:8443/a")
    }

    @Test(arguments: ["elsewhere.example", "", "pay.example.evil.example", "a@pay.example", "pay.example:99999"])
    func `another host is not vouched for`(host: String) throws {
        let response = try answer("/", host: host)
        #expect(response.status == 421)
        #expect(!response.headers.contains { $0.name == "Location" })
    }
}
