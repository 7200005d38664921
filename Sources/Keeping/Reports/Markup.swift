/// Text that is safe inside HTML and SVG, in elements and in quoted attributes.
///
/// Everything that comes from a run goes through ``init(escaping:)``; control characters, which
/// XML forbids, become visible signs.
package struct Markup: ExpressibleByStringInterpolation, CustomStringConvertible {
    package private(set) var description: String

    package init(stringLiteral text: String) { description = text }

    /// Takes text as it is: for markup made by this module.
    package init(raw text: String) { description = text }

    /// Escapes text from outside.
    package init(escaping text: String) {
        description = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": description += "&amp;"
            case "<": description += "&lt;"
            case ">": description += "&gt;"
            case "\"": description += "&quot;"
            case "'": description += "&#39;"
            case "\n", "\t": description.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}":
                if let picture = Unicode.Scalar(0x2400 + scalar.value) {
                    description.unicodeScalars.append(picture)
                }
            case "\u{7f}"..<"\u{a0}", "\u{fffe}", "\u{ffff}": description += "\u{fffd}"
            default: description.unicodeScalars.append(scalar)
            }
        }
    }

    /// Interpolated markup stays, interpolated text is escaped.
    package struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        package init(literalCapacity: Int, interpolationCount: Int) {}
        package mutating func appendLiteral(_ literal: String) { text += literal }
        package mutating func appendInterpolation(_ markup: Markup) { text += markup.description }
        package mutating func appendInterpolation(_ string: String) {
            text += Markup(escaping: string).description
        }
        package mutating func appendInterpolation(_ number: Int) { text += "\(number)" }
        /// A coordinate, to a tenth of a pixel.
        package mutating func appendInterpolation(_ number: Double) {
            let tenths = Int((number * 10).rounded())
            text += tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
        }
    }

    package init(stringInterpolation: StringInterpolation) {
        description = stringInterpolation.text
    }

    package static func + (left: Markup, right: Markup) -> Markup {
        Markup(raw: left.description + right.description)
    }

    package static func += (left: inout Markup, right: Markup) {
        left.description += right.description
    }
}

extension Sequence<Markup> {
    /// All of it, one after another.
    package func joined() -> Markup { Markup(raw: map(\.description).joined()) }
}
