import Bytes

/// An attribute of an element. Names are fixed here; values are escaped; addresses are checked.
package struct Attribute: Sendable {
    private let name: StaticString
    /// Nil for an attribute without a value, such as `checked`.
    private let value: String?

    private init(_ name: StaticString, _ value: String?) {
        self.name = name
        self.value = value
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt8(ascii: " "))
        writer.append(name)
        guard let value else { return }
        writer.append("=\"" as StaticString)
        HTMLEscaping.appendAttributeValue(value, to: &writer)
        writer.append(UInt8(ascii: "\""))
    }

    /// A boolean attribute.
    static func flag(_ name: StaticString) -> Attribute { Attribute(name, nil) }

    package static func `class`(_ names: String) -> Attribute { Attribute("class", names) }
    package static func id(_ id: String) -> Attribute { Attribute("id", id) }
    package static func lang(_ tag: String) -> Attribute { Attribute("lang", tag) }
    package static func hreflang(_ tag: String) -> Attribute { Attribute("hreflang", tag) }
    package static func dir(_ direction: StaticString) -> Attribute { Attribute("dir", "\(direction)") }
    package static func role(_ role: StaticString) -> Attribute { Attribute("role", "\(role)") }
    package static func scope(_ scope: StaticString) -> Attribute { Attribute("scope", "\(scope)") }
    package static func tabindex(_ index: Int) -> Attribute { Attribute("tabindex", "\(index)") }
    package static func datetime(_ moment: String) -> Attribute { Attribute("datetime", moment) }
    package static func title(_ text: String) -> Attribute { Attribute("title", text) }
    package static func alt(_ text: String) -> Attribute { Attribute("alt", text) }
    package static func width(_ pixels: Int) -> Attribute { Attribute("width", "\(pixels)") }
    package static func height(_ pixels: Int) -> Attribute { Attribute("height", "\(pixels)") }
    package static func charset(_ name: StaticString) -> Attribute { Attribute("charset", "\(name)") }
    package static func content(_ text: String) -> Attribute { Attribute("content", text) }
    package static func rel(_ relation: StaticString) -> Attribute { Attribute("rel", "\(relation)") }
    package static func colspan(_ count: Int) -> Attribute { Attribute("colspan", "\(count)") }

    // Addresses: http, https and paths on this server. Anything else becomes "#".
    package static func href(_ url: String) -> Attribute { Attribute("href", SafeURL.checked(url)) }
    package static func src(_ url: String) -> Attribute { Attribute("src", SafeURL.checked(url)) }
    package static func action(_ url: String) -> Attribute { Attribute("action", SafeURL.checked(url)) }
    /// An image within the page itself. Drawings shown this way run no scripts.
    ///
    /// - Parameter type: A media type such as `image/png`.
    package static func src(type: String, _ bytes: [UInt8]) -> Attribute {
        Attribute("src", "data:" + type + ";base64," + Base64.encode(bytes))
    }

    // Forms.
    package static var methodPost: Attribute { Attribute("method", "post") }
    package static var methodGet: Attribute { Attribute("method", "get") }
    package static var novalidate: Attribute { flag("novalidate") }
    package static func name(_ name: String) -> Attribute { Attribute("name", name) }
    package static func type(_ type: StaticString) -> Attribute { Attribute("type", "\(type)") }
    package static func value(_ value: String) -> Attribute { Attribute("value", value) }
    package static func `for`(_ id: String) -> Attribute { Attribute("for", id) }
    package static func autocomplete(_ token: StaticString) -> Attribute { Attribute("autocomplete", "\(token)") }
    package static func inputmode(_ mode: StaticString) -> Attribute { Attribute("inputmode", "\(mode)") }
    package static func placeholder(_ text: String) -> Attribute { Attribute("placeholder", text) }
    package static func maxlength(_ count: Int) -> Attribute { Attribute("maxlength", "\(count)") }
    package static func spellcheck(_ isOn: Bool) -> Attribute { Attribute("spellcheck", "\(isOn)") }
    package static var checked: Attribute { flag("checked") }
    package static var selected: Attribute { flag("selected") }
    package static var autofocus: Attribute { flag("autofocus") }
    package static var hidden: Attribute { flag("hidden") }
    package static var open: Attribute { flag("open") }

    // What assistive technology reads.
    package static var ariaHidden: Attribute { Attribute("aria-hidden", "true") }
    package static var ariaInvalid: Attribute { Attribute("aria-invalid", "true") }
    package static var ariaRequired: Attribute { Attribute("aria-required", "true") }
    package static func ariaCurrent(_ what: StaticString) -> Attribute { Attribute("aria-current", "\(what)") }
    package static func ariaLabel(_ text: String) -> Attribute { Attribute("aria-label", text) }
    package static func ariaLabelledby(_ ids: String) -> Attribute { Attribute("aria-labelledby", ids) }
    package static func ariaDescribedby(_ ids: String) -> Attribute { Attribute("aria-describedby", ids) }

    // What our scripts read.
    package static func dataPoll(_ path: String) -> Attribute { Attribute("data-poll", SafeURL.checked(path)) }
    package static func dataState(_ state: String) -> Attribute { Attribute("data-state", state) }
    package static var dataMark: Attribute { flag("data-mark") }
    package static var dataOffline: Attribute { flag("data-offline") }
    package static func dataLocal(_ style: MomentStyle) -> Attribute { Attribute("data-local", style.rawValue) }
}
