package import Bytes

/// A piece of a page. Text and attribute values are escaped when it is written, so a value from outside can never
/// become markup.
package indirect enum Markup: Sendable {
    case text(String)
    case element(Element, [Attribute], Markup)
    case void(VoidElement, [Attribute])
    case symbol(Symbol)
    case style(InlineStyle)
    case group([Markup])

    package static var empty: Markup { .group([]) }

    /// Appends the HTML to `writer`.
    package func write(to writer: inout ByteWriter) {
        switch self {
        case .text(let text): HTMLEscaping.appendText(text, to: &writer)
        case .element(let element, let attributes, let content):
            writer.append(UInt8(ascii: "<"))
            writer.append(element.name)
            for attribute in attributes { attribute.write(to: &writer) }
            writer.append(UInt8(ascii: ">"))
            content.write(to: &writer)
            writer.append("</" as StaticString)
            writer.append(element.name)
            writer.append(UInt8(ascii: ">"))
        case .void(let element, let attributes):
            writer.append(UInt8(ascii: "<"))
            writer.append(element.name)
            for attribute in attributes { attribute.write(to: &writer) }
            writer.append(UInt8(ascii: ">"))
        case .symbol(let symbol): writer.append(symbol.svg)
        case .style(let style):
            writer.append("<style>" as StaticString)
            writer.append(style.text)
            writer.append("</style>" as StaticString)
        case .group(let parts):
            for part in parts { part.write(to: &writer) }
        }
    }
}
