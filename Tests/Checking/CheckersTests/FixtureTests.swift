import Checkers
import Foundation
import Histories
import Testing

@Suite struct `Fixtures have the verdict of their folder` {
    @Test(arguments: ["good", "bad"])
    func `every file`(folder: String) throws {
        let path = try #require(Bundle.module.resourcePath) + "/Fixtures/" + folder
        let files = try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0.hasSuffix(".edn") }
        #expect(files.count > 4)
        for file in files {
            let history = try History(contentsOf: path + "/" + file).keyed(.automatic)
            let verdict = try Checker().check(history).verdict
            #expect(verdict.word == (folder == "good" ? "linearizable" : "violation"), "\(file)")
        }
    }
}
