import Testing
import Topologies

@testable import Faults

@Suite struct `Clocks that are wrong` {
    private let nodes = (1...5).map { NodeName(number: $0) }

    private func movements(_ fault: WrongClock, _ order: [NodeName]) throws -> [NodeName:
        ClockChange.Movement]
    {
        let intensity = Intensity(clockStep: .seconds(60), clockRate: 20)
        let aim = try #require(
            fault.aim(Aiming(order: order, leader: nodes[2], intensity: intensity)))
        let change = try #require(aim.effect as? ClockChange)
        #expect(aim.affected == change.movements.keys.sorted())
        return change.movements
    }

    @Test(arguments: WrongClock.all.indices)
    func `what is drawn stays within the plan's limits, and goes either way`(index: Int) throws {
        let fault = WrongClock.all[index]
        var random = Dice(state: 7)
        var (forward, backward) = (0, 0)
        for _ in 1...200 {
            for movement in try movements(fault, nodes.shuffled(using: &random)).values {
                switch movement {
                case .step(let offset), .strobe(let offset):
                    let size = offset < .zero ? .zero - offset : offset
                    #expect(size >= .seconds(1) && size <= .seconds(60))
                    if offset > .zero { forward += 1 } else { backward += 1 }
                case .rate(let rate):
                    let size = max(rate, 1 / rate)
                    #expect(size >= 2.999 && size <= 20.001)
                    if rate > 1 { forward += 1 } else { backward += 1 }
                }
            }
        }
        #expect(forward > 40 && backward > 40, "\(fault.name): \(forward) and \(backward)")
    }

    @Test func `the same shuffle draws the same, and nodes differ`() throws {
        let fault = WrongClock(.drift, .all)
        #expect(try movements(fault, nodes) == movements(fault, nodes))
        #expect(Set(try movements(fault, nodes).values).count == 5)
        #expect(try movements(fault, nodes) != movements(fault, nodes.reversed()))
    }

    @Test func `a leader's clock needs a leader`() throws {
        let fault = WrongClock(.drift, .leader)
        #expect(fault.aim(Aiming(order: nodes, leader: nil)) == nil)
        #expect(try movements(fault, nodes).keys.map(\.number) == [3])
    }

    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }
}
