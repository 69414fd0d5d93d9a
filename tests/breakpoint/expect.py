"""Whether a breaking point says what it should.

usage: expect.py REPORT.json [kind=KIND] [rate=R] [within=0.1] [at-least=yes|no] [limited=yes|no]
                 [onset=SECOND] [absent=KIND [why=WHY]]

Fails with what was found instead.
"""

import json
import sys

report = json.load(open(sys.argv[1], encoding="utf-8"))
wanted = dict(word.split("=", 1) for word in sys.argv[2:])
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


expect(report["schema"] == "tailguard.breakpoint/v1", f"schema {report['schema']}")
limits = {limit["kind"]: limit for limit in report["limits"]}
kind = wanted.get("kind")
if kind is not None and kind not in limits:
    expect(False, f"no limit of kind {kind}, only {sorted(limits)} (absent: {report['absent']})")
elif kind is not None:
    limit = limits[kind]
    achieved = limit["achieved_per_s"]
    if "rate" in wanted:
        rate, within = float(wanted["rate"]), float(wanted.get("within", "0.1"))
        expect(abs(achieved / rate - 1) <= within, f"{achieved:.1f}/s achieved, not {rate:.1f}/s")
        low, high = limit["interval_per_s"]
        expect(low <= achieved <= high, f"{achieved} is not in [{low}, {high}]")
    if "at-least" in wanted:
        at_least = "yes" if limit["at_least"] else "no"
        expect(at_least == wanted["at-least"], f"at_least is {at_least}: {report['generator']}")
    if "onset" in wanted:
        off = limit["at_seconds"] - float(wanted["onset"])
        expect(abs(off) <= 3, f"from second {limit['at_seconds']}, not about {wanted['onset']}")
if "limited" in wanted:
    limited = "yes" if report["generator_limited"] else "no"
    expect(limited == wanted["limited"], f"generator_limited is {limited}")
if "absent" in wanted:
    expect(wanted["absent"] not in limits, f"a limit of kind {wanted['absent']}")
    why = {absent["kind"]: absent["why"] for absent in report["absent"]}.get(wanted["absent"])
    expect(why == wanted.get("why", "not-reached"), f"{wanted['absent']} is absent: {why}")

if failures:
    sys.exit("; ".join(failures))
if kind is not None:
    limit = limits[kind]
    word = "at least " if limit["at_least"] else ""
    low, high = limit["interval_per_s"]
    print(
        f"   {kind}: {word}{limit['achieved_per_s']:.1f}/s [{low:.1f}, {high:.1f}]"
        f" from second {limit['at_seconds']:.0f}"
    )
