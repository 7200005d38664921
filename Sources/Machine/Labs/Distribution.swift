internal import Foundation

/// A family of Linux distributions, as far as the names of packages differ.
public enum Distribution: Hashable, Sendable {
    /// Debian, Ubuntu and what comes from them.
    case debian
    /// Fedora, RHEL and what comes from them.
    case fedora
    /// Arch.
    case arch
    /// Any other.
    case other

    /// This machine's.
    public static let current = Distribution(
        osRelease: (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? "")

    /// Reads `ID` and `ID_LIKE` of an os-release file.
    public init(osRelease: String) {
        let words = osRelease.split(separator: "\n")
            .filter { $0.hasPrefix("ID=") || $0.hasPrefix("ID_LIKE=") }
            .flatMap { $0.drop { $0 != "=" }.dropFirst().split { "\" \"'".contains($0) } }
        if words.contains("debian") || words.contains("ubuntu") {
            self = .debian
        } else if words.contains("fedora") || words.contains("rhel") {
            self = .fedora
        } else if words.contains("arch") {
            self = .arch
        } else {
            self = .other
        }
    }

    /// The command that installs what Debian calls so.
    public func installing(_ package: String) -> String {
        switch self {
        case .debian: "apt-get install \(package)"
        case .fedora: "dnf install \(Self.fedoraNames[package] ?? package)"
        case .arch: "pacman -S \(Self.archNames[package] ?? package)"
        case .other: "install what Debian calls \(package)"
        }
    }

    /// How an ordinary user is allowed to make a lab.
    public var allowingUserNamespaces: String {
        let common = "sysctl -w user.max_user_namespaces=15000"
        return switch self {
        case .debian:
            common + ", kernel.unprivileged_userns_clone=1 where Debian's kernel has it, and "
                + "kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu from 24.04 on; or run "
                + "as root"
        case .arch: common + " (or kernel.unprivileged_userns_clone=1); or run as root"
        case .fedora, .other: common + "; or run as root"
        }
    }

    private static let fedoraNames = [
        "iproute2": "iproute iproute-tc", "libiptc-dev": "iptables-devel",
    ]
    private static let archNames = ["libiptc-dev": "iptables"]
}
