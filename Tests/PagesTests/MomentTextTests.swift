import Pages
import Runtime
import Testing

@Suite struct MomentTextTests {
    @Test(arguments: [
        (Language.english, "1 March 2025, 00:05 UTC"), (.german, "1. März 2025, 00:05 UTC"),
        (.french, "1er mars 2025, 00:05 UTC"), (.spanish, "1 de marzo de 2025, 00:05 UTC"),
        (.portuguese, "1 de março de 2025, 00:05 UTC"),
    ])
    func `moments are written as each language writes them`(language: Language, text: String) throws {
        let moment = try #require(Timestamp("2025-03-01T00:05:59Z"))
        #expect(MomentText.full(moment, language) == text)
    }
}
