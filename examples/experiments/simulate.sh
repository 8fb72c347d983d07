#!/bin/sh
# Plays 4,000 users of a service whose adaptive connection pool is 25% faster; prints one outcome a line.
#   usage: simulate.sh fixed-users.txt    where each line is "USER<TAB>VARIANT", as `headroom experiment assign` prints
awk -F '\t' 'BEGIN { srand(7) } {
  base = 0.05 * exp(0.5 * (rand() + rand() + rand() - 1.5))
  factor = ($2 == "adaptive") ? 0.75 : 1
  for (i = 0; i < 3; i++)
    printf "{\"user\":\"%s\",\"metrics\":{\"duration\":%.5f,\"success\":%d},\"id\":\"%s-%d\"}\n", $1, base * factor * exp(0.6 * (rand() + rand() + rand() - 1.5)), (rand() < 0.995), $1, i
}' "$1"
