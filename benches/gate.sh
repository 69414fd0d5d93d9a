#!/bin/sh
# How long whole checks take and how much memory they need: the quickstart's, and a tree of 2,000
# criterion benchmarks with 5 runs a side.
#
#   benches/gate.sh [BENCHMARKS]       default 2000
#
# Writes its tree once, below target/gate. Needs python3 and a release build: cargo build --release
set -eu
cd "$(dirname "$0")/.."

benchmarks=${1:-2000}
tailguard=${TAILGUARD:-target/release/tailguard}
if [ ! -x "$tailguard" ]; then
    echo "gate.sh: no $tailguard; run: cargo build --release" >&2
    exit 1
fi

exec python3 - "$tailguard" "$benchmarks" <<'PYTHON'
import json, os, random, resource, statistics, subprocess, sys, time

tailguard, benchmarks = sys.argv[1], int(sys.argv[2])
tree = f"target/gate/{benchmarks}"

def benchmark(path, name, seed):
    random.seed(seed)
    os.makedirs(f"{path}/{name}/new")
    level = 1000.0 + hash_free(name)
    iters = [10.0 * (i + 1) for i in range(100)]
    times = [n * level * random.gauss(1.0, 0.02) for n in iters]
    identity = dict(group_id=name, function_id=None, value_str=None, throughput=None,
                    full_id=name, directory_name=name, title=name)
    with open(f"{path}/{name}/new/benchmark.json", "w") as f:
        json.dump(identity, f)
    with open(f"{path}/{name}/new/sample.json", "w") as f:
        json.dump(dict(sampling_mode="Linear", iters=iters, times=times), f)

def hash_free(name):
    return sum(map(ord, name)) % 997

if not os.path.exists(f"{tree}/whole"):
    print(f"writing {benchmarks} benchmarks x 5 runs x 2 sides", file=sys.stderr)
    for side in ("base", "fresh"):
        for run in range(5):
            for i in range(benchmarks):
                benchmark(f"{tree}/{side}/{run}", f"benchmark-{i:05}", f"{side}{run}{i}")
    open(f"{tree}/whole", "w").close()

def timed(label, command, codes):
    seconds = []
    for round in range(6):
        start = time.monotonic()
        code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        if round:
            seconds.append(time.monotonic() - start)
        if code not in codes:
            sys.exit(f"gate.sh: {label} exited {code}")
    # The largest child so far; commands are timed in order of size.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    low, middle = min(seconds), statistics.median(seconds)
    print(f"{label:34} {1000*low:8.1f} ms least {1000*middle:8.1f} ms median {peak:7.1f} MiB peak so far")
    return low

timed("nothing (--version)", [tailguard, "--version"], [0])
timed("quickstart, check", [tailguard, "check", "--config", "examples/quickstart/tailguard.toml"], [10])
least = timed(f"{benchmarks} benchmarks, 5 v 5, compare",
              [tailguard, "compare", "--base", f"{tree}/base/*", "--fresh", f"{tree}/fresh/*"], [0, 10])
print(f"{1e6 * least / (10 * benchmarks):.1f} microseconds a benchmark directory")
PYTHON
