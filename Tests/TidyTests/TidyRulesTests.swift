import Testing

/// The rules themselves, on small files that keep or break them.
@Suite struct TidyRulesTests {
    private func file(_ text: String, at path: String = "Sources/Billing/Thing.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(arguments: [
        "import Foundation", "package import Foundation", "import FoundationEssentials",
        "@preconcurrency import Dispatch",
        "import struct Foundation.Date", "import Glibc", "import CLinux", "private import Glibc",
        "import Bytes\nimport Glibc\n",
    ])
    func `a forbidden import is found`(text: String) {
        #expect(TidyRules.imports(file(text)).count == 1)
    }

    @Test(arguments: ["import Bytes", "// import Foundation", "let text = \"import Glibc\"", "important Foundation"])
    func `another line is no forbidden import`(text: String) {
        #expect(TidyRules.imports(file(text)) == [])
    }

    @Test func `the platform layer may import the C library but not Foundation`() {
        #expect(TidyRules.imports(file("import Glibc", at: "Sources/Platform/Files.swift")) == [])
        #expect(TidyRules.imports(file("import Foundation", at: "Sources/Platform/Files.swift")).count == 1)
    }

    @Test(arguments: [
        "        Task { }", "x = Task.detached {", "await Task.sleep(", "Task.immediate {", "DispatchQueue.main",
        "@MainActor final class A",
    ])
    func `a task outside the scheduler is found`(text: String) {
        #expect(TidyRules.concurrency(file(text)).count == 1)
        #expect(TidyRules.concurrency(file(text, at: "Sources/Simulation/World.swift")) == [])
    }

    @Test(arguments: ["withTask {", "TaskExecutor", "// Task { }", "/// Never `Task.sleep`.", "let a = 1  // Task {"])
    func `another task is not`(text: String) {
        #expect(TidyRules.concurrency(file(text)) == [])
    }

    @Test func `words are matched whole, and outside comments`() {
        #expect(TidyRules.floatingPoint(file("let x: Double")).count == 1)
        #expect(TidyRules.floatingPoint(file("var x: [Float]\nvar y: Double?")).count == 2)
        #expect(TidyRules.floatingPoint(file("let doubleCount, DoubleEntry // Double")) == [])
        #expect(TidyRules.floatingPoint(file("let x: Double", at: "Sources/JSON/A.swift")) == [])
        #expect(TidyRules.traps(file("try! f(); fatalError()")).count == 2)
        #expect(TidyRules.traps(file("let a = \"https://a.example\"; try! f()")).count == 1)
        #expect(TidyRules.traps(file("try f()")) == [])
    }

    @Test func `a leftover is found in comments only`() {
        let slashes = "//"
        #expect(TidyRules.leftovers(file("let a = 1  \(slashes) TODO: more")).count == 1)
        #expect(TidyRules.leftovers(file("let currency = \"XXX\"")) == [])
    }

    @Test func `a file has the name of a type in it`() {
        #expect(TidyRules.naming(file("package struct Thing {}")) == [])
        #expect(TidyRules.naming(file("extension Thing: Equatable {}", at: "Sources/Billing/Thing+Aspect.swift")) == [])
        #expect(TidyRules.naming(file("extension Outer.Thing {}")) == [])
        #expect(TidyRules.naming(file("struct Things {}\n// struct Thing\nlet x: Thing")).count == 1)
        #expect(TidyRules.naming(file("print()", at: "Sources/centralpay/main.swift")) == [])
    }

    @Test func `a file of 500 lines is long enough`() {
        #expect(TidyRules.length(file(String(repeating: "a\n", count: 500))) == [])
        #expect(TidyRules.length(file(String(repeating: "a\n", count: 501))).count == 1)
    }

    @Test(arguments: [
        "package struct Thing {", "\n    package final class Thing {", "// Thing.\npackage enum Thing: Error {",
        "@frozen @usableFromInline\npackage protocol Thing {", "/// Thing.\n\npackage struct Thing<A> {",
        "@safe package struct Thing {",
    ])
    func `a type without a doc comment is found`(text: String) {
        #expect(TidyRules.documentation(file(text)).count == 1)
    }

    @Test(arguments: [
        "/// Thing.\npackage struct Thing {", "/// Thing.\n@frozen\n@usableFromInline\npackage indirect enum Thing {",
        "package func thing()", "package class func thing()", "struct Thing {", "package extension Thing {",
        "let text = \"package struct Thing\"",
    ])
    func `a type with one, or no type, is not`(text: String) {
        #expect(TidyRules.documentation(file(text)) == [])
    }

    @Test func `other languages are found by the names of their files`() {
        for name in ["a.c", "a.cpp", "a.s", "a.m"] {
            #expect(TidyRules.language(file("", at: "Sources/Bytes/" + name)).count == 1)
        }
        #expect(TidyRules.language(file("", at: "Sources/CLinux/shim.h")) == [])
    }
}
