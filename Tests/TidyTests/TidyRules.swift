/// The mechanical rules of the house; each lists what offends it as `path:line: reason`.
enum TidyRules {
    /// Only the platform layer talks to the C library; Foundation and its parts are not used at all.
    static func imports(_ file: SourceFile) -> [String] {
        file.places(of: "import").compactMap { place in
            // Attributes and access levels may stand before, nothing else.
            let modifiers: Set<String> = ["package", "public", "internal", "fileprivate", "private"]
            let words = place.before.split(separator: " ")
            guard !place.isInComment, words.allSatisfy({ $0.hasPrefix("@") || modifiers.contains(String($0)) }) else {
                return nil
            }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
            let names = place.after.split { $0 == " " || $0 == "." || $0 == ";" }.drop { kinds.contains($0) }
            guard let module = names.first.map(String.init) else { return nil }
            if module.hasPrefix("Foundation") || module == "Dispatch" {
                return "\(file.path):\(place.line): imports \(module)"
            }
            if ["Glibc", "Musl", "CLinux"].contains(module), file.module != "Platform" {
                return "\(file.path):\(place.line): only Platform may import \(module)"
            }
            return nil
        }
    }

    /// Code of ours that is not Swift.
    static func language(_ file: SourceFile) -> [String] {
        let foreign: Set<String> = ["c", "cc", "cpp", "cxx", "s", "S", "asm", "m", "mm"]
        return foreign.contains(file.pathExtension) ? ["\(file.path): not Swift"] : []
    }

    /// Tasks and threads start through the scheduler, waits are its timers.
    static func concurrency(_ file: SourceFile) -> [String] {
        guard file.module != "Platform", file.module != "Simulation" else { return [] }
        return code(
            ["Task {", "Task.detached", "Task.immediate", "Task.sleep", "DispatchQueue", "@MainActor"], in: file)
    }

    /// Nothing ends the process by surprise.
    static func traps(_ file: SourceFile) -> [String] {
        code(["try!", "fatalError("], in: file)
    }

    /// Amounts are integers: no binary fraction comes near them.
    static func floatingPoint(_ file: SourceFile) -> [String] {
        guard file.module == "Billing" || file.module == "Gateways" else { return [] }
        return code(["Double", "Float", "Float16", "Float32", "Float64", "Float80"], in: file)
    }

    /// Work is finished or it is not there.
    static func leftovers(_ file: SourceFile) -> [String] {
        ["TODO", "FIXME", "XXX", "HACK"].flatMap { word in
            file.places(of: word).filter(\.isInComment).map { "\(file.path):\($0.line): \(word)" }
        }
    }

    /// Past 500 lines there is a second type to be found.
    static func length(_ file: SourceFile) -> [String] {
        file.lineCount > 500 ? ["\(file.path): \(file.lineCount) lines"] : []
    }

    /// A file is named for the type it declares or extends: `Type.swift` or `Type+Aspect.swift`.
    static func naming(_ file: SourceFile) -> [String] {
        guard file.name != "main.swift", file.name != "Package.swift" else { return [] }
        let type = file.name.prefix { $0 != "+" && $0 != "." }
        let keywords: Set<Substring> = ["struct", "class", "enum", "protocol", "extension", "actor"]
        let isDeclared = file.places(of: String(type)).contains { place in
            guard !place.isInComment else { return false }
            // The name may be the last part of a qualified one.
            return place.before.split { $0 == " " || $0 == "(" }.reversed().prefix(2).contains { keywords.contains($0) }
        }
        return isDeclared ? [] : ["\(file.path): declares no \(type)"]
    }

    /// What other modules can name has a sentence that says what it is.
    static func documentation(_ file: SourceFile) -> [String] {
        let keywords: Set<Substring> = ["struct", "class", "enum", "protocol", "actor"]
        return ["package", "public"].flatMap { file.places(of: $0) }.compactMap { place in
            guard !place.isInComment else { return nil }
            let modifiers: Set<Substring> = ["final", "indirect", "nonisolated", "distributed"]
            let words = place.after.split(separator: " ").drop { modifiers.contains($0) }
            guard let keyword = words.first, keywords.contains(keyword), let name = words.dropFirst().first else {
                return nil
            }
            // `package class func` is a member.
            guard name != "func", name != "var", name != "subscript" else { return nil }
            guard place.before.split(separator: " ").allSatisfy({ $0.hasPrefix("@") }) else { return nil }
            var above = place.line - 1
            while trimmed(file.line(above)).hasPrefix("@") { above -= 1 }
            if trimmed(file.line(above)).hasPrefix("///") { return nil }
            let plainName = name.prefix { $0 != ":" && $0 != "<" && $0 != "{" }
            return "\(file.path):\(place.line): \(plainName) has no doc comment"
        }
    }

    /// Each of `words` outside comments.
    private static func code(_ words: [String], in file: SourceFile) -> [String] {
        words.flatMap { word in
            file.places(of: word).filter { !$0.isInComment }.map { "\(file.path):\($0.line): \(word)" }
        }
    }

    private static func trimmed(_ line: String) -> Substring { line.drop { $0 == " " } }
}
