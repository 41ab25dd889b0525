/// An element with content, called like a function: `p(.class("soft")) { "Text" }`.
package struct Element: Sendable {
    package let name: StaticString

    init(_ name: StaticString) {
        self.name = name
    }

    /// Attributes that are nil are left out.
    package func callAsFunction(
        _ attributes: Attribute?..., @MarkupBuilder content: () -> Markup = { .empty }
    ) -> Markup {
        .element(self, attributes.compactMap { $0 }, content())
    }
}

// The elements that pages use. There is no `style`, and a script is only ever a file of ours: the content security
// policy allows nothing inline.

package let html = Element("html")
package let head = Element("head")
package let title = Element("title")
package let body = Element("body")
package let header = Element("header")
package let main = Element("main")
package let nav = Element("nav")
package let section = Element("section")
package let footer = Element("footer")
package let h1 = Element("h1")
package let h2 = Element("h2")
package let h3 = Element("h3")
package let p = Element("p")
package let div = Element("div")
package let span = Element("span")
package let strong = Element("strong")
package let small = Element("small")
package let code = Element("code")
package let pre = Element("pre")
package let bdi = Element("bdi")
package let time = Element("time")
package let a = Element("a")
package let ul = Element("ul")
package let ol = Element("ol")
package let li = Element("li")
package let dl = Element("dl")
package let dt = Element("dt")
package let dd = Element("dd")
package let table = Element("table")
package let caption = Element("caption")
package let thead = Element("thead")
package let tbody = Element("tbody")
package let tfoot = Element("tfoot")
package let tr = Element("tr")
package let th = Element("th")
package let td = Element("td")
package let form = Element("form")
package let fieldset = Element("fieldset")
package let legend = Element("legend")
package let label = Element("label")
package let button = Element("button")
package let select = Element("select")
package let option = Element("option")
package let textarea = Element("textarea")
package let details = Element("details")
package let summary = Element("summary")
package let input = VoidElement("input")
package let img = VoidElement("img")
package let meta = VoidElement("meta")
package let link = VoidElement("link")
package let br = VoidElement("br")

private let script = Element("script")

/// A script file of ours, run when the page is parsed.
package func scriptFile(_ path: String) -> Markup {
    script(.src(path), .flag("defer"))
}
