/// The page's script and styles: files of their own, part of the program since it was built.
enum Assets {
    static let script = text(PackageResources.page_js)
    static let pageStyle = text(PackageResources.page_css)
    static let drawingStyle = text(PackageResources.drawing_css)
    static let colours = text(PackageResources.colours_css)

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// How pages look: light and dark, on paper and on a phone.
package enum PageStyle {
    /// Everything but drawings.
    package static let page = Assets.colours + Assets.pageStyle
}
