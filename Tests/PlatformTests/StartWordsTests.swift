import Testing

@testable import Platform

@Suite struct StartWordsTests {
    @Test func `the stack has the words that the system tells of`() {
        #expect(!StartWords.all.isEmpty)
        #expect(StartWords.all == CommandLine.arguments)
    }
}
