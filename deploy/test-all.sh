#!/usr/bin/env bash
# What takes too long for every change: deploy/test.sh, then health by the clock, the web login and the operator's pages in a
# browser, linters for the Python client, the Swift client's documentation, what a job costs in a release build, RabbitMQ 4, the
# sanitizers, fuzzing, the bench at length and over a cluster, how lanes stay apart, its mutations, a soak, the Debian package, the
# files for containers and Kubernetes.
#   test-all.sh [LEG...]     all of them by default: tests health login pages python documentation counts rabbitmq4 address thread
#                            fuzz chaos cluster isolation mutations soak package kubernetes
# FUZZ_MINUTES (5, for each target), CHAOS_MINUTES (30), CLUSTER_MINUTES (15) and SOAK_MINUTES (60) say how long those last;
# VERIFY_COURIER_CHAOS_JUDGE may hold the command of a second stand-in for Twilio (Tests/Chaos/judges.py), which the bench is
# then run against as well.
set -euo pipefail
cd "$(dirname "$0")/.."

# Whatever reads bytes from outside, its property tests with random and mutilated input among it.
leg_address() {
    sanitized address 'JSONParser|JobTable|PropertyReader|Mutation|Decoding|ContentAssembler|ConfigFile|SecretFile'
}

# Whatever threads share.
leg_thread() {
    sanitized thread 'Storm|ConfirmTracker|ConnectionThread|PublishingTests|RecoveryTests|LeaseProperty|LeaseTests|JobTests|GroupCommit|CallBudget|Locked|CurlTLS'
}

leg_fuzz() { deploy/fuzz.sh --minutes "${FUZZ_MINUTES:-5}"; }
leg_tests() { deploy/test.sh; }
# Ten seconds for every trouble and its end, and the figures of a backlog, by the clock: on a machine that does nothing else.
leg_health() {
    swift build --build-tests
    VERIFY_COURIER_TEST_TIMED=yes deploy/bounded.sh 1200 swift test --skip-build --no-parallel \
        --filter 'HealthProofTests|BacklogTests'
}
# Every page of the reference web login in Chromium, light and dark, on a phone and on a desktop, judged by axe.
leg_login() {
    deploy/install.sh chromium chromium-driver fonts-dejavu-core pngquant
    swift build --product verify-courier
    deploy/bounded.sh 900 deploy/outside-clients.sh login_pictures
}
# The operator's pages likewise.
leg_pages() {
    deploy/install.sh chromium chromium-driver fonts-dejavu-core pngquant
    swift build --product verify-courier
    deploy/bounded.sh 900 deploy/outside-clients.sh ops_pictures
}
# The Python client as linters see it, as a user installs it (with its build tool's and its libraries' newest versions), and as a
# scripted worker judges a login that is made with it.
leg_python() {
    local tools=$PWD/.build/python-tools user
    deploy/python-environment.sh "$tools" docs/examples/python/tests/requirements.txt
    (cd docs/examples/python && "$tools/bin/ruff" format --check . && "$tools/bin/ruff" check . && PATH=$tools/bin:$PATH "$tools/bin/mypy")
    user=$(mktemp -d)
    python3 -m venv "$user"
    "$user/bin/pip" install --quiet --disable-pip-version-check './docs/examples/python[asyncio,threads]'
    "$user/bin/python" -m unittest discover docs/examples/python/tests
    rm -rf "$user"
    deploy/outside-clients.sh conformance
}
leg_documentation() { deploy/bounded.sh 1800 deploy/test-documentation.sh; }
# Whatever speaks to a broker, with the RabbitMQ of Debian 13 in place of the machine's; needs root.
leg_rabbitmq4() {
    deploy/rabbitmq4.sh .build/rabbitmq4
    swift build --build-tests
    (
        export VERIFY_COURIER_TEST_RABBITMQ_ROOT=$PWD/.build/rabbitmq4
        deploy/bounded.sh 2700 swift test --skip-build --filter 'AMQPTests|EndToEndTests|AppTests'
        deploy/bounded.sh 1200 deploy/outside-clients.sh
        deploy/bounded.sh 1200 deploy/chaos.sh --seed 6 --minutes 1.25
    )
}

leg_mutations() { deploy/mutations.sh; }
# The debug build first: its workers die at every failpoint as well.
leg_chaos() {
    swift build --product verify-courier
    deploy/chaos.sh --minutes "${CHAOS_MINUTES:-30}" --at-once 200
    local judge judges=(simulator)
    [ -z "${VERIFY_COURIER_CHAOS_JUDGE:-}" ] || judges+=("$VERIFY_COURIER_CHAOS_JUDGE")
    for judge in "${judges[@]}"; do
        bench --minutes "${CHAOS_MINUTES:-30}" --at-once 500 --judge "$judge"
    done
}
# The same with a broker of three nodes, of which one at a time is killed or restarted.
leg_cluster() { bench --nodes 3 --minutes "${CLUSTER_MINUTES:-15}"; }
leg_isolation() { bench --isolation; }
# The package of this version in a Debian of its own, booted; needs root.
leg_package() { deploy/bounded.sh 5400 deploy/test-package.sh; }
leg_kubernetes() {
    deploy/bounded.sh 900 deploy/test-kubernetes.sh
    deploy/bounded.sh 5400 deploy/test-container.sh
}
leg_soak() { bench --soak --minutes "${SOAK_MINUTES:-60}" --at-once 40 --think 1; }

# SANITIZER FILTER: the tests under it, in a build folder of their own. Leaks are not looked for: what a global enum holds, whose
# case is kept in bits of the pointer, would count as one.
sanitized() {
    local build=.build/$1
    swift build --build-tests --sanitize="$1" --scratch-path "$build"
    ASAN_OPTIONS=detect_leaks=0 "$build/debug/verify-courierPackageTests.xctest" --testing-library swift-testing --filter "$2"
}

# The budget, that a statement more is found, and the program as it is released.
leg_counts() {
    deploy/counts.sh --prove
    release
    VERIFY_COURIER_PRODUCT=$released deploy/counts.sh
}

# The program as it is released, and what gives that a false clock.
release() {
    if [ -z "${released:-}" ]; then
        swift build -c release --product verify-courier
        swift build -c release --product FalseClock
        released=$(swift build -c release --show-bin-path)/verify-courier
    fi
}

# OPTION...: the bench with the released program.
bench() {
    release
    VERIFY_COURIER_PRODUCT=$released deploy/chaos.sh "$@"
}

[ $# -gt 0 ] || set -- tests health login pages python documentation counts rabbitmq4 address thread fuzz chaos cluster isolation mutations soak package kubernetes
for leg in "$@"; do
    declare -F "leg_$leg" >/dev/null || { echo "there is no leg '$leg'" >&2; exit 64; }
done
deploy/install.sh
for leg in "$@"; do
    echo "== $leg"
    "leg_$leg"
done
