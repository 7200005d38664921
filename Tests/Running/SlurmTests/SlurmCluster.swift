import Foundation

/// A cluster under Slurm on this machine: munged, slurmctld and two slurmd, all children of this
/// process and of an ordinary user, in a folder of their own.
final class SlurmCluster {
    /// A daemon did not do what it was started for; with the end of its output.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: String
    let nodes = ["n1", "n2"]
    private var daemons: [String: pid_t] = [:]

    /// Whoever runs this, the cluster and its jobs run as an ordinary user.
    private static let nobody: UInt32 = 65_534
    private static var owner: UInt32 { geteuid() == 0 ? nobody : geteuid() }
    private static let asOwner =
        geteuid() == 0
        ? ["setpriv", "--reuid=\(nobody)", "--regid=\(nobody)", "--clear-groups", "--"] : []

    /// Starts it and waits until both nodes are idle.
    init() throws {
        let name = "slurm-\(UInt32.random(in: .min ... .max))"
        folder = FileManager.default.temporaryDirectory.appending(path: name).path
        for path in ["", "/state", "/spool-n1", "/spool-n2", "/munge", "/results"] {
            try FileManager.default.createDirectory(
                atPath: folder + path, withIntermediateDirectories: false,
                attributes: [.posixPermissions: path == "/munge" ? 0o711 : 0o755])
        }
        let key = folder + "/munge/key"
        try Data((0..<1_024).map { _ in UInt8.random(in: .min ... .max) })
            .write(to: URL(filePath: key))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        try Data(configuration(ports: Self.freePorts(3)).utf8)
            .write(to: URL(filePath: folder + "/slurm.conf"))
        try own(folder)
        try start()
    }

    private func own(_ path: String) throws {
        for path in [path]
            + (FileManager.default.subpaths(atPath: path) ?? []).map({
                path + "/" + $0
            }) where chown(path, Self.owner, Self.owner) != 0
        {
            throw Failure(description: "\(path): \(String(cString: strerror(errno)))")
        }
    }

    private func start() throws {
        let munge = folder + "/munge"
        try start(
            "munged",
            [
                "--foreground", "--key-file=\(munge)/key", "--socket=\(munge)/socket",
                "--pid-file=\(munge)/pid", "--log-file=\(munge)/log", "--seed-file=\(munge)/seed",
            ])
        try wait("munged listens") {
            FileManager.default.fileExists(atPath: munge + "/socket")
        }
        try start("slurmctld", ["-D"])
        for node in nodes { try start("slurmd", ["-D", "-N", node], as: node) }
        try wait("both nodes are idle") {
            try run(["sinfo", "--noheader", "--Node", "--format=%T"]).output
                .split(separator: "\n").count { $0 == "idle" } == nodes.count
        }
    }

    /// Slurm's daemons close every file that they are given, by which Foundation would take them for
    /// ended; so they are started without it.
    private func start(_ program: String, _ arguments: [String], as name: String? = nil) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let output = folder + "/\(name ?? program).out"
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_CREAT | O_WRONLY | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A thread of a pool blocks signals, and whoever it starts would too.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = (["env"] + Self.asOwner + [program] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/usr/bin/env", &actions, &attributes, words, variables)
        guard code == 0 else {
            throw Failure(description: "\(program): \(String(cString: strerror(code)))")
        }
        daemons[name ?? program] = process
    }

    /// Ends a daemon, a child of this process, and waits for its end.
    private func end(_ name: String, by signal: Int32) {
        guard let daemon = daemons.removeValue(forKey: name) else { return }
        kill(daemon, signal)
        var status: Int32 = 0
        waitpid(daemon, &status, 0)
    }

    // MARK: Commands

    /// The user's name, as Slurm's configuration wants it.
    private static var ownerName: String { String(cString: getpwuid(owner).pointee.pw_name) }

    private var environment: [String: String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return [
            "PATH": path + ":/usr/sbin:/sbin", "SLURM_CONF": folder + "/slurm.conf",
            "HOME": folder, "TMPDIR": FileManager.default.temporaryDirectory.path,
        ]
    }

    /// A command of the cluster's user, its output in a file.
    func process(_ command: [String], output: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = Self.asOwner + command
        process.environment = environment
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = FileHandle.nullDevice
        try Data().write(to: URL(filePath: output))
        let handle = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        return process
    }

    /// Runs a command of the cluster's user to its end.
    func run(_ command: [String]) throws -> (status: Int32, output: String) {
        let file = folder + "/command-\(UUID().uuidString)"
        let process = try process(command, output: file)
        process.waitUntilExit()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        return (process.terminationStatus, text)
    }

    /// Waits for a condition that nobody announces.
    func wait(
        _ what: String, within time: Duration = .seconds(120), until holds: () throws -> Bool
    ) throws {
        let deadline = ContinuousClock.now + time
        while try !holds() {
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "after \(time) it is not so that \(what)\n" + words())
            }
            // Between two looks: Slurm tells nobody of its own accord.
            usleep(100_000)
        }
    }

    /// What the daemons said last.
    private func words() -> String {
        daemons.keys.sorted().map { name in
            let data = FileManager.default.contents(atPath: "\(folder)/\(name).out") ?? Data()
            return "\(name): " + String(decoding: data.suffix(2_000), as: UTF8.self)
        }.joined(separator: "\n")
    }

    // MARK: Deaths

    /// Kills a node's slurmd, a child of this process; what it had started goes on.
    func killDaemon(of node: String) { end(node, by: SIGKILL) }

    /// Kills a node with all that runs on it, as a loss of power would.
    func killNode(_ node: String) {
        killDaemon(of: node)
        // A step's own process has no variable of the node, but is the parent of one that has.
        let processes = self.processes().filter { $0.node == node }
        for process in processes {
            let parent = Self.parent(of: process.number)
            if Self.command(of: parent).hasPrefix("slurmstepd") { kill(parent, SIGKILL) }
        }
        for process in processes { kill(process.number, SIGKILL) }
    }

    /// All processes of this cluster's jobs: those that have its configuration in their environment.
    func processes() -> [(number: Int32, node: String)] {
        let own = "SLURM_CONF=\(folder)/slurm.conf"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let number = Int32(name) else { return nil }
            let variables = Self.text("/proc/\(number)/environ").split(separator: "\0")
            guard variables.contains(where: { $0 == own }),
                let node = variables.first(where: { $0.hasPrefix("SLURMD_NODENAME=") })
            else { return nil }
            return (number, String(node.dropFirst("SLURMD_NODENAME=".count)))
        }
    }

    private static func parent(of process: Int32) -> Int32 {
        let line = text("/proc/\(process)/status").split(separator: "\n").first {
            $0.hasPrefix("PPid:")
        }
        return line.flatMap { Int32($0.dropFirst(5).trimmingCharacters(in: .whitespaces)) } ?? 0
    }

    private static func command(of process: Int32) -> String { text("/proc/\(process)/cmdline") }

    private static func text(_ file: String) -> String {
        guard let handle = FileHandle(forReadingAtPath: file) else { return "" }
        defer { try? handle.close() }
        return String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    }

    /// Ends everything that it has started, and waits for its end.
    func end() {
        for name in nodes + ["slurmctld", "munged"] { end(name, by: SIGTERM) }
        try? FileManager.default.removeItem(atPath: folder)
    }
}

// What the daemons are told.
extension SlurmCluster {
    private func configuration(ports: [Int]) -> String {
        let user = Self.ownerName
        let lines = zip(nodes, ports.dropFirst()).map { node, port in
            "NodeName=\(node) NodeHostname=localhost NodeAddr=127.0.0.1 Port=\(port) CPUs=2 "
                + "RealMemory=4000"
        }
        return """
            ClusterName=test
            SlurmctldHost=localhost(127.0.0.1)
            SlurmctldPort=\(ports[0])
            AuthType=auth/munge
            AuthInfo=socket=\(folder)/munge/socket
            SlurmUser=\(user)
            SlurmdUser=\(user)
            StateSaveLocation=\(folder)/state
            SlurmdSpoolDir=\(folder)/spool-%n
            SlurmctldPidFile=\(folder)/slurmctld.pid
            SlurmdPidFile=\(folder)/slurmd-%n.pid
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SwitchType=switch/none
            MpiDefault=none
            AccountingStorageType=accounting_storage/none
            JobCompType=jobcomp/filetxt
            JobCompLoc=\(folder)/jobs.txt
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU_Memory
            SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
            DefMemPerCPU=500
            CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
            JobRequeue=1
            ReturnToService=2
            SlurmdTimeout=10
            KillWait=30
            \(lines.joined(separator: "\n"))
            PartitionName=nightly Nodes=\(nodes.joined(separator: ",")) Default=YES State=UP

            """
    }

    /// Ports that nobody has at this moment.
    private static func freePorts(_ count: Int) throws -> [Int] {
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        return try (0..<count).map { _ in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            sockets.append(descriptor)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
                }
            }
            guard isBound else {
                throw Failure(description: "no port: \(String(cString: strerror(errno)))")
            }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }
}
