#!/usr/bin/env bash
# The same samples to Headroom and VictoriaMetrics as Prometheus text and as remote write: samples per CPU second of the
# server, which has one core; the sender has the other. Bodies are made while no clock runs; as many samples come first, so that both are warm.
#   bench/peers/ingest.sh [SERIES] [SAMPLES]     default 1,000 series, 6,000,000 samples
# Needs victoria-metrics (Debian package of this name) and two cores.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
series=${1:-1000} samples=${2:-6000000}
work=$(mktemp -d); server=
cleanup() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; }; rm -rf "$work"; }
trap cleanup EXIT
dotnet build bench/ingest -c Release -v quiet --nologo -clp:NoSummary
dotnet build src/Headroom.Cli -c Release -v quiet --nologo -clp:NoSummary

start() { # url command…
  local url=$1; shift
  GOMAXPROCS=1 DOTNET_PROCESSOR_COUNT=1 taskset -c 0 "$@" >"$work/server.log" 2>&1 & server=$!
  for _ in $(seq 300); do kill -0 "$server" 2>/dev/null || break; curl -sf "$url/health" >/dev/null && return; sleep 0.2; done
  echo "the server did not start:" >&2; tail "$work/server.log" >&2; exit 1
}
stop() { kill "$server"; wait "$server" 2>/dev/null || true; server=; }
send() { taskset -c 1 dotnet bench/ingest/bin/Release/net10.0/Headroom.Ingest.Bench.dll "$1" "$2" "$server" "$3" "$series" "$samples"; }

for kind in text remote-write; do
  start http://127.0.0.1:28428 victoria-metrics "-storageDataPath=$work/victoria-$kind" -httpListenAddr=127.0.0.1:28428 -retentionPeriod=100y -loggerLevel=ERROR
  send VictoriaMetrics http://127.0.0.1:28428 "$kind"; stop
  start http://127.0.0.1:28080 dotnet src/Headroom.Cli/bin/Release/net10.0/headroom.dll serve --data "$work/headroom-$kind" --port 28080
  send Headroom http://127.0.0.1:28080 "$kind"; stop
done
