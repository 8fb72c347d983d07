#!/usr/bin/env bash
# Latency of POST /metrics at a constant arrival rate: the server on one core, the sender on another.
#   bench/ingest-latency/run.sh [requests per second] [seconds] [rounds]
set -euo pipefail
cd "$(dirname "$0")/../.."
rate=${1:-1000} seconds=${2:-30} rounds=${3:-3}
dotnet build -c Release -v q --nologo bench/ingest-latency >/dev/null
./headroom --version >/dev/null
work=$(mktemp -d)
taskset -c 0 dotnet src/Headroom.Cli/bin/Release/net10.0/headroom.dll serve --port 0 --data "$work/data" >"$work/out" 2>"$work/err" &
server=$!
trap 'kill $server; wait $server || true; rm -rf "$work"' EXIT
until grep -q 'listens on' "$work/out"; do kill -0 $server || { cat "$work/err"; exit 1; }; read -rt 0.1 <> <(:) || true; done
url=$(sed -n 's/^Headroom listens on //p' "$work/out")
echo "cores: $(nproc), load before: $(cut -d' ' -f1 /proc/loadavg)"
for _ in $(seq "$rounds"); do
  taskset -c 1 dotnet bench/ingest-latency/bin/Release/net10.0/Headroom.IngestLatency.Bench.dll "$url" "$rate" "$seconds"
done
echo "load after: $(cut -d' ' -f1 /proc/loadavg)"
