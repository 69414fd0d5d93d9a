#!/bin/sh
# How fast large k6 files are read, beside tools that do nothing but look at every byte.
#
#   benches/stream.sh [MEGABYTES]      default 1000
#
# Writes its files once, below target/stream. Needs python3 and a release build: cargo build --release
# Another binary is timed with TAILGUARD=PATH.
set -eu
cd "$(dirname "$0")/.."

megabytes=${1:-1000}
tailguard=${TAILGUARD:-target/release/tailguard}
directory=target/stream/$megabytes
ndjson=$directory/points.ndjson
csv=$directory/points.csv

if [ ! -x "$tailguard" ]; then
    echo "stream.sh: no $tailguard; run: cargo build --release" >&2
    exit 1
fi

mkdir -p "$directory"
for format in ndjson csv; do
    file=$directory/points.$format
    if [ ! -s "$file" ]; then
        awk -v bytes="$((megabytes * 1000000))" -v format=$format -f benches/stream.awk >"$file.part"
        mv "$file.part" "$file"
    fi
    if [ ! -s "$file.gz" ]; then
        gzip -c "$file" >"$file.gz.part"
        mv "$file.gz.part" "$file.gz"
    fi
done

# One core where the system can pin to one.
pin=
if command -v taskset >/dev/null 2>&1; then pin="taskset -c 0"; fi

now() { date +%s%N; }

# best LABEL BYTES COMMAND: the best of three, after one that warms the page cache.
best() {
    label=$1 bytes=$2 command=$3
    least=
    for round in 0 1 2 3; do
        start=$(now)
        $pin sh -c "$command" >/dev/null
        took=$(($(now) - start))
        if [ "$round" -gt 0 ] && { [ -z "$least" ] || [ "$took" -lt "$least" ]; }; then least=$took; fi
    done
    awk -v label="$label" -v bytes="$bytes" -v ns="$least" \
        'BEGIN { printf "  %-34s %8.3f s  %7.0f MB/s\n", label, ns / 1e9, bytes / ns * 1e3 }'
}

for file in "$ndjson" "$csv"; do
    bytes=$(wc -c <"$file")
    echo "$file ($((bytes / 1000000)) MB)"
    best "wc -l" "$bytes" "wc -l $file"
    plain=$least
    best "grep -c http_req_duration" "$bytes" "grep -c http_req_duration $file | cat"
    best "tailguard inspect" "$bytes" "$tailguard inspect --group-by category $file"
    awk -v a="$least" -v b="$plain" 'BEGIN { printf "  %-34s %8.2f x wc -l\n", "", a / b }'
    best "gzip -dc | wc -l" "$bytes" "gzip -dc $file.gz | wc -l"
    plain=$least
    best "tailguard inspect, gzip" "$bytes" "$tailguard inspect --group-by category $file.gz"
    awk -v a="$least" -v b="$plain" 'BEGIN { printf "  %-34s %8.2f x gzip -dc | wc -l\n", "", a / b }'
done

for file in "$ndjson" "$ndjson.gz"; do
    python3 - "$tailguard" "$file" <<'PYTHON'
import resource, subprocess, sys
tailguard, path = sys.argv[1:]
subprocess.run([tailguard, "inspect", "--group-by", "category", path], stdout=subprocess.DEVNULL, check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"  {peak:.1f} MiB resident at most: {path}")
PYTHON
done
