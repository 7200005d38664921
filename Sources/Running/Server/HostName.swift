internal import Glibc

/// The name under which a request believes to reach the server: its `Host`, without the port.
///
/// A page from elsewhere may have its own name resolved to this machine and then read what is served
/// here (DNS rebinding). Such a request bears that name; an address, which nobody can resolve anew,
/// is harmless.
struct HostName: Hashable {
    /// In small letters, an address of IPv6 without its brackets.
    let name: String

    /// Reads a `Host`; nil if it is malformed.
    init?(_ authority: String) {
        let text = authority.lowercased()
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            name = String(text[text.index(after: text.startIndex)..<end])
        } else {
            name = String(text.prefix { $0 != ":" })
        }
        guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
    }

    /// Whether it is an address, of IPv4 with all its four numbers, or of IPv6.
    var isAddress: Bool {
        var (four, six) = (in_addr(), in6_addr())
        return inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1
    }
}
