import TLS
import Testing

@Suite struct AlertDescriptionTests {
    @Test func `alerts have the numbers of RFC 8446`() {
        #expect(AlertDescription.decodeError.rawValue == 50)
        #expect(AlertDescription(rawValue: 120) == .noApplicationProtocol)
        #expect("\(AlertDescription(rawValue: 48))" == "unknown_ca")
        #expect("\(AlertDescription(rawValue: 21))" == "alert 21")
    }
}
