#!/usr/bin/env bash
# Written by `tailguard init`. Measures two commits alternately on this machine, so that whatever the
# machine does meanwhile meets both of them.
#
# usage: measure.sh [--rounds N] [--base COMMIT] [--head COMMIT] [--alone]
#        measure.sh --judge
#   --rounds N     runs of each side, 1 to 100 (default 5)
#   --base COMMIT  what to compare with (default: the first parent of the head)
#   --head COMMIT  what is to be judged (default: HEAD)
#   --alone        measures the head only, for a refresh of the baselines
#   --judge        compares what was measured and writes measurement.json; passes also where the gate
#                  fails or cannot decide, for the verdict is given where the pull request has no say
#
# Results: perf/SUITE/ for the head, where tailguard.toml expects them, and perf/base/SUITE/ for the
# base. What lay in perf/ before is removed. TAILGUARD names the command that judges, and WORK a
# directory to build in that is kept.
set -euo pipefail

# Each suite of tailguard.toml, and what its results are called in perf/SUITE/.
suites=({{suites}})

# Builds one side, once, in its own checkout, which is the working directory.
build() {
{{build}}
}

{{service}}

# One run of every suite of one side, in its checkout. $1 is the directory of its results, $2 the round.
measure() {
{{measure}}
}

{{machinery}}
