import Testing

/// The mechanical part of the style, checked on the working copy itself.
@Suite struct TidyTests {
    let repository = Repository.current

    /// Everything under `folder` that offends `rule`, a line each.
    private func offences(under folder: String = "Sources", _ rule: (SourceFile) -> [String]) -> String {
        repository.swiftFiles(under: folder).flatMap(rule).joined(separator: "\n")
    }

    @Test func `the repository is found`() {
        #expect(repository.swiftFiles(under: "Sources").count > 20)
        #expect(repository.swiftFiles(under: "Tests/TidyTests").contains { $0.name == "TidyTests.swift" })
        #expect(!repository.manifest.places(of: "Package").isEmpty)
    }

    @Test func `the top level holds only what belongs there`() {
        let allowed: Set<String> = ["Package.swift", "Sources", "Tests", "Fixtures", "README.md", "install.sh"]
        let extras = repository.topLevel.filter {
            !$0.hasPrefix(".") && $0 != "Package.resolved" && !allowed.contains($0)
        }
        #expect(extras == [])
    }

    @Test func `no package is depended on`() {
        #expect(repository.manifest.places(of: ".package(").map(\.line) == [])
    }

    @Test func `all code is Swift`() {
        #expect(repository.files.flatMap(TidyRules.language) == [])
    }

    @Test func `Foundation is not imported, and the C library only by Platform`() {
        #expect(offences(TidyRules.imports) == "")
    }

    @Test func `tasks start and sleep only through the scheduler`() {
        #expect(offences(TidyRules.concurrency) == "")
    }

    @Test func `nothing traps by a try or an error that cannot happen`() {
        #expect(offences(TidyRules.traps) == "")
    }

    @Test func `no floating point is near amounts`() {
        #expect(offences(TidyRules.floatingPoint) == "")
    }

    @Test func `nothing is left for later`() {
        #expect(offences(TidyRules.leftovers) == "")
        #expect(offences(under: "Tests", TidyRules.leftovers) == "")
    }

    @Test func `no file is longer than 500 lines`() {
        #expect(offences(TidyRules.length) == "")
    }

    @Test func `every file is named for a type in it`() {
        #expect(offences(TidyRules.naming) == "")
    }

    @Test func `every type of a module has a doc comment`() {
        #expect(offences(TidyRules.documentation) == "")
    }
}
