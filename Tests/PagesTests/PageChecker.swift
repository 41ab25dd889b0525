/// Reads a page's HTML as plainly as the pages write it, and lists what a browser, a strict policy or a screen reader
/// would stumble over.
struct PageChecker {
    /// One start tag.
    struct Tag {
        var name: String
        var attributes: [String: String]
    }

    /// In the order of the document.
    private(set) var tags: [Tag] = []
    /// What is wrong, in words.
    private(set) var problems: [String] = []
    /// All text outside tags, escaped as written.
    private(set) var text = ""

    private static let void: Set<String> = ["input", "meta", "link", "img", "br"]

    init(_ bytes: [UInt8]) {
        var open: [String] = []
        var labelDepth = 0
        var wrapped: Set<Int> = []
        var index = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<") else {
                let end = bytes[index...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
                let run = String(decoding: bytes[index..<end], as: UTF8.self)
                if run.contains(">") { problems.append("a bare > in text: \(run)") }
                text += run
                index = end
                continue
            }
            let end = Self.tagEnd(bytes, from: index)
            let inside = Array(bytes[index + 1..<end])
            index = end + 1
            if inside.first == UInt8(ascii: "/") {
                let name = String(decoding: inside.dropFirst(), as: UTF8.self)
                if open.popLast() != name { problems.append("</\(name)> closes another element") }
                if name == "label" { labelDepth -= 1 }
                continue
            }
            let tag = Self.tag(inside)
            if labelDepth > 0 { wrapped.insert(tags.count) }
            tags.append(tag)
            if inside.last != UInt8(ascii: "/"), !Self.void.contains(tag.name) {
                open.append(tag.name)
                if tag.name == "label" { labelDepth += 1 }
            }
        }
        if !open.isEmpty { problems.append("never closed: \(open)") }
        checkStructure()
        checkPolicy()
        checkForms(wrapped: wrapped)
    }

    func all(_ name: String) -> [Tag] { tags.filter { $0.name == name } }

    private mutating func checkStructure() {
        if all("h1").count != 1 { problems.append("\(all("h1").count) h1") }
        if all("main").count != 1 { problems.append("\(all("main").count) main") }
        if all("title").count != 1 { problems.append("no title") }
        if (all("html").first?.attributes["lang"] ?? "").isEmpty { problems.append("no lang") }
        if all("a").first?.attributes["href"] != "#content" { problems.append("the first link does not skip") }
        let ids = tags.compactMap { $0.attributes["id"] }
        if Set(ids).count != ids.count { problems.append("an id stands twice") }
        for tag in tags {
            for key in ["for", "aria-labelledby", "aria-describedby"] {
                for id in (tag.attributes[key] ?? "").split(separator: " ") where !ids.contains(String(id)) {
                    problems.append("\(key) names \(id), which is not there")
                }
            }
            if tag.name == "a", let link = tag.attributes["href"], link.hasPrefix("#"), link != "#",
                !ids.contains(String(link.dropFirst()))
            {
                problems.append("a link to \(link), which is not there")
            }
            if tag.name == "th", tag.attributes["scope"] == nil { problems.append("th without scope") }
            if tag.name == "img", tag.attributes["alt"] == nil { problems.append("img without alt") }
            if tag.name == "svg", tag.attributes["aria-hidden"] != "true" { problems.append("svg not hidden") }
        }
        let levels = tags.compactMap {
            $0.name.count == 2 && $0.name.first == "h" ? $0.name.last?.wholeNumberValue : nil
        }
        for (before, after) in zip(levels, levels.dropFirst()) where after > before + 1 {
            problems.append("headings jump from \(before) to \(after)")
        }
    }

    private mutating func checkPolicy() {
        for tag in tags {
            if tag.name == "style" || tag.attributes["style"] != nil { problems.append("an inline style") }
            for key in tag.attributes.keys.sorted() where key.hasPrefix("on") { problems.append("a handler: \(key)") }
            if tag.name == "script", tag.attributes["src"]?.hasPrefix("/assets/") != true {
                problems.append("a script that is not a file of ours")
            }
            let sources = [
                tag.attributes["src"], tag.attributes["action"], tag.name == "link" ? tag.attributes["href"] : nil,
            ]
            for source in sources.compactMap({ $0 }) where !source.hasPrefix("/") || source.hasPrefix("//") {
                problems.append("\(tag.name) loads or posts to \(source)")
            }
            if let link = tag.attributes["href"],
                !["https://", "http://", "/", "?", "#"].contains(where: link.hasPrefix)
            {
                problems.append("a link to \(link)")
            }
        }
    }

    private mutating func checkForms(wrapped: Set<Int>) {
        let labelled = Set(all("label").compactMap { $0.attributes["for"] })
        for (index, tag) in tags.enumerated() where tag.name == "input" && tag.attributes["type"] != "hidden" {
            if !wrapped.contains(index), !labelled.contains(tag.attributes["id"] ?? "") {
                problems.append("input \(tag.attributes["name"] ?? "") without a label")
            }
        }
        for tag in all("form") where tag.attributes["method"] != "post" { problems.append("a form that is not posted") }
        let proofs = tags.filter { $0.attributes["name"] == "csrf" && $0.attributes["type"] == "hidden" }
        if proofs.count != all("form").count { problems.append("a form without its proof") }
    }

    private static func tagEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var isQuoted = false
        for index in start..<bytes.count {
            if bytes[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            if bytes[index] == UInt8(ascii: ">"), !isQuoted { return index }
        }
        return bytes.count - 1
    }

    private static func tag(_ inside: [UInt8]) -> Tag {
        var tag = Tag(name: "", attributes: [:])
        var pieces: [[UInt8]] = [[]]
        var isQuoted = false
        for byte in inside {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: " "), !isQuoted { pieces.append([]) } else { pieces[pieces.count - 1].append(byte) }
        }
        for (index, piece) in pieces.enumerated() where piece != [UInt8(ascii: "/")] {
            let text = String(decoding: piece, as: UTF8.self)
            if index == 0 {
                tag.name = text
            } else if let equals = text.firstIndex(of: "=") {
                tag.attributes[String(text[..<equals])] = String(
                    text[text.index(after: equals)...].dropFirst().dropLast())
            } else {
                tag.attributes[text] = ""
            }
        }
        return tag
    }
}
