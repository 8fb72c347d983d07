#!/usr/bin/env bash
# The same node-exporter-like samples on the disks of Headroom, Prometheus and VictoriaMetrics: bytes a sample, merged and at rest.
#   bench/peers/disk.sh [SERIES] [HOURS]     default 1,000 series over 24 hours at 15 s: 5,760,000 samples
# Needs promtool (Debian package prometheus), victoria-metrics, and about 2 GB of disk under TMPDIR.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
series=${1:-1000} hours=${2:-24}
work=$(mktemp -d); server=
cleanup() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; }; rm -rf "$work"; }
trap cleanup EXIT
dotnet build bench/data -c Release -v quiet --nologo -clp:NoSummary
dotnet build src/Headroom.Cli -c Release -v quiet --nologo -clp:NoSummary
headroom() { dotnet src/Headroom.Cli/bin/Release/net10.0/headroom.dll "$@" --data "$work/headroom"; }
start=$(( $(date +%s) / 7200 * 7200 - hours * 3600 ))   # whole blocks of two hours, so that none stays open

dotnet bench/data/bin/Release/net10.0/Headroom.Bench.Data.dll text --series "$series" --hours "$hours" --step 15 --start "$start" >"$work/samples.txt"
samples=$(wc -l <"$work/samples.txt")
row() { awk -v n="$1" -v b="$2" -v s="$samples" 'BEGIN { printf "%-16s %12d bytes  %.3f bytes a sample\n", n, b, b / s }'; }
size() { find "$@" -type f -printf '%s\n' | awk '{ s += $1 } END { print s }'; }
echo "$samples samples, $series series, $hours h at 15 s"

# Prometheus's own format, without the log it replays at start: promtool wants OpenMetrics, whose times are seconds.
awk '{ $NF = $NF / 1000; print } END { print "# EOF" }' OFMT=%.3f CONVFMT=%.3f "$work/samples.txt" >"$work/samples.om"
promtool tsdb create-blocks-from openmetrics "$work/samples.om" "$work/prometheus" >/dev/null; rm "$work/samples.om"

headroom import openmetrics "$work/samples.txt" --output json >"$work/import.json"
headroom data compact >/dev/null
row Headroom "$(size "$work/headroom/blocks")"
row Prometheus "$(size "$work/prometheus")"

GOMAXPROCS=2 victoria-metrics "-storageDataPath=$work/victoria" -httpListenAddr=127.0.0.1:18428 -retentionPeriod=100y -loggerLevel=ERROR >"$work/victoria.log" 2>&1 & server=$!
for _ in $(seq 100); do curl -sf http://127.0.0.1:18428/health >/dev/null && break; sleep 0.2; done
curl -sf --data-binary "@$work/samples.txt" http://127.0.0.1:18428/api/v1/import/prometheus
curl -sf http://127.0.0.1:18428/internal/force_flush
curl -sf http://127.0.0.1:18428/internal/force_merge; sleep 10
kill "$server"; wait "$server" 2>/dev/null || true; server=
row VictoriaMetrics "$(size "$work/victoria/data" "$work/victoria/indexdb" 2>/dev/null)"
