internal import Glibc
internal import Logging
internal import NIOCore
internal import Wire

/// Too many connections; more would leave no descriptor for the disk.
struct TooManyConnections: Error, CustomStringConvertible {
    let most: Int
    let purpose: Frame.Purpose

    var description: String {
        purpose == .client
            ? "\(most) clients are connected, which is the most; raise --most-clients, and the "
                + "limit of open files with it"
            : "\(most) servers are connected, which is the most: who calls there?"
    }
}

/// How many connections there may be.
enum Connections {
    /// Descriptors that no connection gets: segments, snapshots, the folder, the log.
    private static let spareDescriptors = 64

    /// As many clients as were asked for, but so that descriptors are left for the disk and for
    /// other servers; one at least, who may look what is wrong.
    static func mostClients(asked: Int, descriptors: Int, peers: Int) -> Int {
        max(1, min(asked, descriptors - spareDescriptors - peers))
    }
}

// The connections that others made: how many there may be, and how long.
extension Node {
    /// How many clients may be connected.
    var mostClients: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return options.mostClients
        }
        return Connections.mostClients(
            asked: options.mostClients, descriptors: Int(clamping: limit.rlim_cur),
            peers: mostPeers)
    }

    var mostPeers: Int { 4 * options.servers.count + 8 }

    /// Lets a connection in, if there is room.
    func accept(_ channel: any Channel, _ purpose: Frame.Purpose) throws -> Intake {
        let most = purpose == .client ? mostClients : mostPeers
        guard accepted.values.count(where: { $0.purpose == purpose }) < most else {
            let error = TooManyConnections(most: most, purpose: purpose)
            log.warning("a connection is refused", metadata: ["why": "\(error)"])
            throw error
        }
        let intake = Intake(channel, purpose)
        accepted[ObjectIdentifier(channel)] = intake
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.accepted[ObjectIdentifier(channel)] = nil
        }
        return intake
    }

    /// Ends the connections that take room and give nothing.
    func sweepConnections() {
        let now = NIODeadline.now()
        let idle = TimeAmount(options.idleTimeout)
        let kept = accepted.values.filter { intake in
            guard let why = intake.complaint(at: now, idle: idle) else { return true }
            close(intake, why)
            return false
        }
        for place in Intake.excess(of: kept.map(\.unfinished), over: Intake.Limit.unfinished) {
            close(kept[place], "all unfinished messages together are too large")
        }
    }

    private func close(_ intake: Intake, _ why: String) {
        log.info(
            "a connection is closed",
            metadata: [
                "address": "\(intake.channel.remoteAddress?.description ?? "unknown")",
                "why": "\(why)",
            ])
        intake.channel.close(promise: nil)
    }
}
