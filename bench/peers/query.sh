#!/usr/bin/env bash
# The same queries over the same data to Headroom, Prometheus and VictoriaMetrics, one server at a time, with CPU
# milliseconds per query (all threads of the server) and wall milliseconds (best of the repeats), and their ratios.
#   bench/peers/query.sh [REPEAT] [SERIES]     default 5 repeats, 1,000 series; CORES=0 pins the server to core 0
# Needs prometheus and victoria-metrics (Debian packages of these names) and about 2 GB of disk under TMPDIR.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
repeat=${1:-5} series=${2:-1000}
work=${WORK:-$(mktemp -d)}; mkdir -p "$work"
server=
cleanup() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; }; [ -n "${WORK:-}" ] || rm -rf "$work"; }
trap cleanup EXIT

dotnet build bench/query -c Release -v quiet --nologo >/dev/null
dotnet build src/Headroom.Cli -c Release -v quiet --nologo >/dev/null
bench() { dotnet bench/query/bin/Release/net10.0/Headroom.Query.Bench.dll "$@"; }
pin=() ; [ -z "${CORES:-}" ] || pin=(taskset -c "$CORES")
single() { [ -n "${CORES:-}" ] && [[ "$CORES" != *[,-]* ]]; }
if single; then export GOMAXPROCS=1 DOTNET_PROCESSOR_COUNT=1; fi

start() { # url health command…
  local url=$1 health=$2; shift 2
  "${pin[@]}" "$@" >"$work/server.log" 2>&1 & server=$!
  for _ in $(seq 300); do curl -sf "$url$health" >/dev/null && return; sleep 0.2; done
  echo "the server did not start:" >&2; tail "$work/server.log" >&2; exit 1
}
stop() { kill "$server"; wait "$server" 2>/dev/null || true; server=; }
idle() { # until the server has used less than 2% of a core for two seconds: compactions and merges are over
  local before after
  for _ in $(seq 120); do
    before=$(awk '{print $14+$15}' "/proc/$server/stat"); sleep 2; after=$(awk '{print $14+$15}' "/proc/$server/stat")
    [ $((after - before)) -gt 4 ] || return 0
  done
}

start_prometheus() { # data directory
  mkdir -p "$1"; echo 'global: {}' >"$1/prometheus.yml"
  start http://127.0.0.1:19090 /-/ready prometheus "--config.file=$1/prometheus.yml" "--storage.tsdb.path=$1/data" --web.listen-address=127.0.0.1:19090 \
    --storage.tsdb.retention.time=100y --log.level=error --web.enable-remote-write-receiver --enable-feature=native-histograms --query.max-samples=500000000 --query.timeout=10m
}
start_victoria() {
  start http://127.0.0.1:18428 /health victoria-metrics "-storageDataPath=$1" -httpListenAddr=127.0.0.1:18428 -retentionPeriod=100y -search.latencyOffset=0s \
    -search.disableCache -search.maxSamplesPerQuery=1000000000 -loggerLevel=ERROR
}
start_headroom() {
  start http://127.0.0.1:18080 /health dotnet src/Headroom.Cli/bin/Release/net10.0/headroom.dll serve --data "$1" --port 18080
}

[ -d "$work/headroom" ] || { echo "loading Headroom" >&2; bench load "$work/headroom" "$series"; }
start_headroom "$work/headroom"; idle; bench run http://127.0.0.1:18080 "$server" "$repeat" >"$work/Headroom.json"; stop

loaded=$([ -d "$work/prometheus" ] && echo yes || true)
start_prometheus "$work/prometheus"
[ -n "$loaded" ] || { echo "loading Prometheus" >&2; bench load http://127.0.0.1:19090 "$series"; }
idle; bench run http://127.0.0.1:19090 "$server" "$repeat" >"$work/Prometheus.json"; stop

loaded=$([ -d "$work/victoria" ] && echo yes || true)
start_victoria "$work/victoria"
[ -n "$loaded" ] || { echo "loading VictoriaMetrics" >&2; bench load http://127.0.0.1:18428 "$series"; curl -s http://127.0.0.1:18428/internal/force_flush; }
idle; bench run http://127.0.0.1:18428 "$server" "$repeat" >"$work/VictoriaMetrics.json"; stop

echo "$(nproc) cores, server on ${CORES:-all}; $series series; best of $repeat; $(date -u +%F)"
bench compare "$work/Headroom.json" "$work/Prometheus.json" "$work/VictoriaMetrics.json"
