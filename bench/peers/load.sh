#!/usr/bin/env bash
# Compares 'headroom load run' with wrk, hey, ab and h2load: one core for the server, one for the client, loopback.
#   bench/peers/load.sh            everything, about three minutes
#   SECONDS_EACH=2 ROUNDS=1 bench/peers/load.sh
# Needs gcc, and the Debian packages wrk, hey, apache2-utils, nghttp2-client (those that are missing are left out).
# Figures of a shared machine are worth little, ratios taken in turns a little more: rounds alternate, medians are printed.
# REALTIME=1 runs both sides above everything else on the machine (chrt, as root), for seconds at a time.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
each=${SECONDS_EACH:-4} rounds=${ROUNDS:-3} port=${PORT:-9390}
work=$(mktemp -d)
server=
stop() { if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; fi; }
trap 'stop; rm -rf "$work"' EXIT
prefix=(); [ -z "${REALTIME:-}" ] || prefix=(chrt -f 10)
headroom=("${prefix[@]}" taskset -c 1 dotnet "$root/src/Headroom.Cli/bin/Release/net10.0/headroom.dll" load run)
client=("${prefix[@]}" taskset -c 1)
gcc -O2 -o "$work/server" "$root/bench/load/server.c"
[ -e "$root/src/Headroom.Cli/bin/Release/net10.0/headroom.dll" ] || "$root/headroom" --version >/dev/null

start() { # mode
  stop
  "${prefix[@]}" taskset -c 0 "$work/server" "$port" "$1" >"$work/truth" &
  server=$!
  for _ in $(seq 50); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return; sleep 0.1; done
  echo "the server did not start" >&2; exit 1
}
median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
field() { sed -nE "s/^ *\"$2\": ([0-9.]+),?$/\1/p" "$1" | head -1; }                      # file name
latency() { awk -v block="\"$2\"" -v name="\"$3\":" 'index($0, block) {on=1} on && $1==name {sub(",","",$2); print $2; exit}' "$1"; }   # file block name
url="http://127.0.0.1:$port/"

echo "## Requests per second, 64 kept connections, one core each ($rounds rounds of ${each} s)"
start fast
for _ in $(seq "$rounds"); do
  "${headroom[@]}" "$url" -c 64 -d "${each}s" --out "$work/fast.json" >/dev/null 2>&1 || true
  field "$work/fast.json" perSecond >>"$work/headroom"
  if command -v wrk >/dev/null; then "${client[@]}" wrk -t1 -c64 -d"${each}s" "$url" | awk '/Requests\/sec/ {print $2}' >>"$work/wrk" || true; fi
  if command -v h2load >/dev/null; then "${client[@]}" h2load --h1 -t1 -c64 -D"$each" "$url" 2>/dev/null | awk '/^finished in/ {print $4}' >>"$work/h2load" || true; fi
  if command -v hey >/dev/null; then "${client[@]}" hey -c 64 -z "${each}s" -cpus 1 "$url" | awk '/Requests\/sec/ {print $2}' >>"$work/hey" || true; fi
  if command -v ab >/dev/null; then "${client[@]}" ab -q -k -c 64 -t "$each" -n 10000000 "$url" 2>/dev/null | awk '/Requests per second/ {print $4}' >>"$work/ab" || true; fi
done
ours=$(median <"$work/headroom")
printf '%-10s %12s %8s\n' client req/s ours/it
for peer in headroom wrk h2load hey ab; do
  [ -s "$work/$peer" ] || { echo "$peer gave no figure"; continue; }
  m=$(median <"$work/$peer"); printf '%-10s %12.0f %8.2f\n' "$peer" "$m" "$(awk -v a="$ours" -v b="$m" 'BEGIN {print a/b}')"
done

echo; echo "## Percentiles against the truth (each request delayed 5 to 50 ms by a known draw; service time, ms)"
start delay
"${headroom[@]}" "$url" -c 64 -d 8s --out "$work/delay.json" >/dev/null 2>&1 || true
stop
printf '%-6s %10s %10s %8s\n' "" truth headroom off
for p in p50 p90 p95 p99 p999; do
  truth=$(sed -nE "s/.*\"$p\":([0-9.]+).*/\1/p" "$work/truth"); got=$(latency "$work/delay.json" serviceTime "$p")
  printf '%-6s %10.3f %10.3f %7.2f%%\n' "$p" "$truth" "$got" "$(awk -v a="$got" -v b="$truth" 'BEGIN {print 100*(a/b-1)}')"
done

echo; echo "## A server that stalls 1 s in 10, at 2,000 requests/s: p99 response time (truth 900 ms: 10% of arrivals wait, evenly up to 1 s)"
start stall
"${headroom[@]}" "$url" -c 64 -R 2000 -d 20s --out "$work/stall.json" >/dev/null 2>&1 || true
echo "headroom: response time p99 $(latency "$work/stall.json" responseTime p99) ms, service time p99 $(latency "$work/stall.json" serviceTime p99) ms, dropped $(field "$work/stall.json" droppedArrivals)"
stop; start stall
if command -v wrk >/dev/null; then "${client[@]}" wrk -t1 -c64 -d20s --latency "$url" | awk '/99%/ {print "wrk (as fast as it can): p99 " $2}'; fi

echo; echo "## Constant arrival rate of 20,000/s, 64 connections"
start fast
"${headroom[@]}" "$url" -c 64 -R 20000 -d 10s --out "$work/rate.json" >/dev/null 2>&1 || true
echo "rate $(field "$work/rate.json" perSecond)/s, schedule lag p99 $(field "$work/rate.json" scheduleLagP99Ms) ms, p99 response time $(latency "$work/rate.json" responseTime p99) ms, CPU $(field "$work/rate.json" cpuPercent)%"

echo; echo "## 10,000 users who think 1 to 3 s: resident memory of the generator"
start delay
cat >"$work/think.yaml" <<PLAN
target: $url
scenarios: { people: { executor: constant-vus, vus: 10000, duration: 12s, gracefulStop: 4s, steps: [GET /, { think: 1s..3s }] } }
PLAN
( ulimit -n 20000
  dotnet "$root/src/Headroom.Cli/bin/Release/net10.0/headroom.dll" load run "$work/think.yaml" --out "$work/think.json" >/dev/null 2>&1 &
  pid=$!; sleep 11; awk '/VmHWM/ {printf "peak %.0f MB\n", $2/1024}' "/proc/$pid/status"; wait "$pid" || true )

echo; echo "## TLS and HTTP/2 against Kestrel (the server is the limit: compare CPU per request, user and system)"
stop
dotnet build "$root/bench/load/Headroom.Load.Bench.csproj" -c Release -v quiet --nologo >/dev/null
dotnet "$root/bench/load/bin/Release/net10.0/Headroom.Load.Bench.dll" "$port" & server=$!
for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null && break; sleep 0.1; done
cpu() { awk -v c="$(field "$1" cpuPercent)" -v s="$(field "$1" durationSeconds)" -v n="$(field "$1" completed)" -v cores="$2" 'BEGIN {printf "%.1f µs/request", c/100*s*cores/n*1e6}'; }
own() { awk -v t="$(tail -1 "$work/time")" -v n="$1" 'BEGIN {split(t, p, " "); printf "%.1f µs/request", (p[1]+p[2])/n*1e6}'; }   # requests
tls="https://127.0.0.1:$port/"
"${headroom[@]}" "$tls" -k -c 64 -d "${each}s" --out "$work/warm.json" >/dev/null 2>&1 || true
"${headroom[@]}" "$tls" -k -c 64 -d "${each}s" --out "$work/tls.json" >/dev/null 2>&1 || true
echo "headroom TLS: $(field "$work/tls.json" perSecond)/s, $(cpu "$work/tls.json" 1) of its thread"
TIMEFORMAT='%U %S'
if command -v wrk >/dev/null; then
  { time "${client[@]}" wrk -t1 -c64 -d"${each}s" "$tls" >"$work/out"; } 2>"$work/time"
  echo "wrk TLS: $(awk '/Requests\/sec/ {print $2}' "$work/out")/s, $(own "$(awk '/requests in/ {print $1}' "$work/out")")"
fi
h2="https://127.0.0.1:$((port + 1))/"
"${headroom[@]}" "$h2" -k --http2 -c 64 -d "${each}s" --out "$work/h2.json" >/dev/null 2>&1 || true
echo "headroom HTTP/2: $(field "$work/h2.json" perSecond)/s, $(cpu "$work/h2.json" 1) of the process, $(sed -nE 's/^ *"transport": (.*),$/\1/p' "$work/h2.json")"
if command -v h2load >/dev/null; then
  { time "${client[@]}" h2load -t1 -c1 -m64 -D"$each" "$h2" >"$work/out" 2>/dev/null; } 2>"$work/time"
  echo "h2load HTTP/2 (1 connection, 64 streams): $(awk '/^finished in/ {print $4}' "$work/out")/s, $(own "$(awk '/^requests:/ {print $2}' "$work/out")")"
fi
