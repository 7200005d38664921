# Two commands do everything on a fresh Debian 12 with Swift 6.3: `make run` and `make test`.

CONFIGURATION := -c release
# Tests look inside modules; one build serves them and the program.
TESTABLE := -Xswiftc -enable-testing
TEST := sh .ci/told swift test $(CONFIGURATION) $(TESTABLE) --skip-build --disable-xctest
SWIFT_FILES := Package.swift Sources Tests $(EXAMPLE)/Package.swift $(EXAMPLE)/Sources $(EXAMPLE)/Tests

# A package that builds on this one.
EXAMPLE := Workloads/ExampleKit

export WHITEWATER_STRICT := 1

.PHONY: run test test-slurm test-dist test-arm64 docs dist setup setup-tests setup-slurm setup-dist setup-arm64 setup-etcd setup-etcd-3.5.1 setup-etcd-trixie setup-etcd-sid setup-consul setup-nats setup-postgres setup-mysql setup-mariadb setup-pysyncobj build lint format bench power fuzz kills mutants planted detections simulate simulate-mutants soak nightly-proof clean

## Install what is missing, build, and run the quick start.
run: setup build
	.build/release/whitewater test Workloads/quickstart.yaml

## Install what is missing, check the format, and run every test: those that change the network
## inside of a lab, those that trace children there too but alone, for they must not share a process
## with others that start some, those that run whole clusters alone on the machine, then all others;
## then the example of a package that builds on this one.
test: setup-tests lint
	swift build $(CONFIGURATION) $(TESTABLE) --build-tests --explicit-target-dependency-import-check error
	sh .ci/in-lab $(TEST) --filter 'LabsTests|DisksTests'
	sh .ci/in-lab $(TEST) --filter ClocksTests
	$(TEST) --filter WholeRunTests
	$(TEST) --skip LabsTests --skip DisksTests --skip ClocksTests --skip WholeRunTests --skip SlurmTests
	sh .ci/told swift test --package-path $(EXAMPLE) --disable-xctest

## Start a cluster under Slurm as an ordinary user, run campaigns on it, and kill its nodes meanwhile.
test-slurm: setup-tests setup-slurm
	swift build $(CONFIGURATION) $(TESTABLE) --build-tests --explicit-target-dependency-import-check error
	sh .ci/in-cluster $(TEST) --filter SlurmTests

## Build a tarball and a .deb for machines without Swift, in dist.
dist: setup setup-dist
	@sh .ci/dist

## Install that .deb into a clean Debian, and run the quick start there as an ordinary user.
test-dist: dist
	@sh .ci/test-dist

## Try the checksum's instruction of 64-bit ARM on a processor that qemu plays.
test-arm64: setup-arm64
	@sh .ci/test-arm64

## Build the documentation of what people build on; a link that leads nowhere is an error.
DOCUMENTED := Checkers Faults Plans Systems Runner Raft Wire
docs: setup
	swift package $(CONFIGURATION) $(TESTABLE) --disable-sandbox generate-documentation \
	  $(DOCUMENTED:%=--target %) --warnings-as-errors

## Install what is missing; does nothing where all is there.
setup:
	@sh .ci/setup

setup-tests:
	@sh .ci/setup tests

setup-slurm setup-dist setup-arm64:
	@sh .ci/setup $(@:setup-%=%)

## Install what etcd's plans need as well.
setup-etcd:
	@sh .ci/setup etcd

## Other versions of etcd: one of PyPI with known bugs, and those of later Debians (3.5.16, 3.5.30).
setup-etcd-3.5.1 setup-etcd-trixie setup-etcd-sid:
	@sh .ci/setup $(@:setup-%=%)

## The same for the plans of other systems.
setup-consul setup-nats setup-postgres setup-mysql setup-mariadb setup-pysyncobj:
	@sh .ci/setup $(@:setup-%=%)

build:
	swift build $(CONFIGURATION) $(TESTABLE) --product whitewater
	swift build $(CONFIGURATION) $(TESTABLE) --product raftd

lint:
	swift format lint --strict --recursive --parallel $(SWIFT_FILES)

format:
	swift format --in-place --recursive --parallel $(SWIFT_FILES)

## Measure what the README claims.
bench: setup-etcd build
	swift build $(CONFIGURATION) $(TESTABLE) --product whitewater-bench
	.build/release/whitewater-bench cuts
	.build/release/whitewater-bench clocks
	.build/release/whitewater-bench checks
	.build/release/whitewater-bench files
	.build/release/whitewater-bench keyed
	.build/release/whitewater-bench harness
	.build/release/whitewater-bench pages
	.build/release/whitewater-bench nights
	.build/release/whitewater-bench serve
	.build/release/whitewater-bench failover
	.build/release/whitewater-bench recover
	.build/release/whitewater-bench disks

## Turn the knobs of plans that must be found guilty, one at a time, and count what each setting finds:
## of etcd, of a node in Python, and of raftd with a bug, MUTANT of `raftd-mutant list`.
MUTANT := 12
power: setup-etcd build
	swift build $(CONFIGURATION) $(TESTABLE) --product whitewater-bench
	swift build $(CONFIGURATION) $(TESTABLE) --product raftd-mutant
	.build/release/whitewater-bench power Workloads/etcd-serializable.yaml Workloads/maelstrom-stale.yaml
	WHITEWATER_MUTANT=$(MUTANT) .build/release/whitewater-bench power \
	  Workloads/self-test/deposed.yaml --binary .build/release/raftd-mutant

## Feed a million damaged histories and plans to their readers.
fuzz: setup
	swift build $(CONFIGURATION) $(TESTABLE) --product whitewater-bench
	.build/release/whitewater-bench fuzz

## Kill the harness at a hundred moments of a run; each time nothing may be left behind or lost.
kills: setup-tests
	swift build $(CONFIGURATION) $(TESTABLE) --build-tests
	WHITEWATER_KILLS=100 $(TEST) --filter 'SIGKILL at any moment'

## Plant every known bug into real nodes, one at a time, and print which plan finds it; SAMPLE=--sample
## does it for a few, in five minutes.
SAMPLE :=
mutants: setup build
	swift build $(CONFIGURATION) $(TESTABLE) --product raftd-mutant
	.build/release/whitewater self-test $(SAMPLE)

## Look for planted bugs in a campaign, and show whether signatures tell them apart.
planted: setup build
	swift build $(CONFIGURATION) $(TESTABLE) --product raftd-mutant
	swift build $(CONFIGURATION) $(TESTABLE) --product whitewater-bench
	for bug in traps $$(.build/release/raftd-mutant list | cut -f 1); do \
		ln -sf raftd-mutant .build/release/raftd-mutant-$$bug; done
	-.build/release/whitewater campaign Workloads/campaigns/planted-bugs.yaml
	.build/release/whitewater-bench signatures

## Plant the bugs that tests know by their plans, five runs each; each run must find its bug.
detections: setup-tests
	swift build $(CONFIGURATION) $(TESTABLE) --build-tests
	WHITEWATER_MUTANT_RUNS=5 $(TEST) --filter 'planted bug is found in real processes'

## Simulate Raft clusters: SEEDS of them, for a minute of their time each.
SEEDS := 1000
simulate: setup
	swift build $(CONFIGURATION) $(TESTABLE) --product whitewater-bench
	.build/release/whitewater-bench simulate --seeds $(SEEDS)

## Plant each known bug into simulated clusters, and print which seed finds it, and how.
simulate-mutants: setup
	swift build $(CONFIGURATION) $(TESTABLE) --product whitewater-bench
	.build/release/whitewater-bench simulate --mutants --seconds 30

## Run a night of every plan, three hundred short runs in less than an hour on four cores; kill it twice on the way
## and resume it, and fail if a run is lost or there twice, if anything is left behind, or if a night
## whose canary has lost its bug is not red. PROOF=--runs=40 does it for a few.
PROOF :=
nightly-proof: setup-etcd setup-etcd-3.5.1 setup-consul setup-nats setup-mariadb setup-pysyncobj build
	swift build $(CONFIGURATION) $(TESTABLE) --product raftd-mutant
	swift build $(CONFIGURATION) $(TESTABLE) --product whitewater-bench
	for bug in 11 17; do ln -sf raftd-mutant .build/release/raftd-mutant-$$bug; done
	.build/release/whitewater-bench nightly-proof $(PROOF)

## Fifty short runs over the committed plans with fresh seeds; fails if anything is left behind, or
## if a verdict is not the plan's.
soak: setup-etcd build
	swift build $(CONFIGURATION) $(TESTABLE) --product whitewater-bench
	.build/release/whitewater-bench soak

clean:
	swift package clean
