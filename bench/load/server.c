// The system under test of bench/peers/load.sh: one thread, epoll, HTTP/1.1 keep-alive, as little work as possible.
//   server PORT fast         answers at once
//   server PORT delay        answers each request after 5 to 50 ms, drawn evenly from a fixed seed
//   server PORT stall        answers at once, but stands still for 1 s in every 10
// On SIGTERM it prints how long it really took, as JSON: the truth that a client's percentiles are compared with.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char Answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\nHello, World!";
static volatile sig_atomic_t stopped;
static double *taken;
static size_t count, room;

static void stop(int signal) { (void)signal; stopped = 1; }

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void record(int64_t nanoseconds) {
  if (count == room) taken = realloc(taken, (room = room ? room * 2 : 1 << 16) * sizeof *taken);
  taken[count++] = nanoseconds / 1e6;
}

static int ascending(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return (x > y) - (x < y); }

static double percentile(double q) {
  size_t rank = (size_t)(q * count + 0.999999);
  return count ? taken[rank ? rank - 1 : 0] : 0;
}

// A heap of answers that are due, by time.
struct due { int64_t at, came; int fd; };
static struct due heap[1 << 16];
static int due_count;

static void push(struct due d) {
  int i = due_count++;
  while (i && heap[(i - 1) / 2].at > d.at) { heap[i] = heap[(i - 1) / 2]; i = (i - 1) / 2; }
  heap[i] = d;
}

static struct due pop(void) {
  struct due top = heap[0], last = heap[--due_count];
  int i = 0;
  for (int child; (child = 2 * i + 1) < due_count; i = child) {
    if (child + 1 < due_count && heap[child + 1].at < heap[child].at) child++;
    if (heap[child].at >= last.at) break;
    heap[i] = heap[child];
  }
  heap[i] = last;
  return top;
}

int main(int argc, char **argv) {
  int port = argc > 1 ? atoi(argv[1]) : 9090, one = 1;
  const char *mode = argc > 2 ? argv[2] : "fast";
  int delays = !strcmp(mode, "delay"), stalls = !strcmp(mode, "stall");
  uint64_t seed = 42;
  signal(SIGTERM, stop);
  signal(SIGINT, stop);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 16384)) { perror("listen"); return 1; }
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  static char buffer[65536];
  int64_t began = now(), next_stall = began + 5000000000LL;
  while (!stopped) {
    int64_t wait = 50000000;
    if (due_count) { wait = heap[0].at - now(); if (wait < 0) wait = 0; }
    struct timespec timeout = {wait / 1000000000, wait % 1000000000};
    int ready = epoll_pwait2(epoll, events, 256, &timeout, NULL);
    if (stalls && now() >= next_stall) {
      struct timespec second = {1, 0};
      nanosleep(&second, NULL);
      next_stall += 10000000000LL;
    }
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int accepted;
        while ((accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
          setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          event.data.fd = accepted;
          epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event);
        }
        continue;
      }
      ssize_t got = recv(fd, buffer, sizeof buffer, 0);
      if (got < 0 && errno == EAGAIN) continue;
      if (got <= 0) { close(fd); continue; }
      if (!delays) { send(fd, Answer, sizeof Answer - 1, MSG_NOSIGNAL); continue; }
      seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
      int64_t came = now();
      push((struct due){came + 5000000 + (int64_t)((seed >> 33) / (double)(1ULL << 31) * 45000000), came, fd});
    }
    while (due_count && heap[0].at <= now()) {
      struct due d = pop();
      record(now() - d.came);
      send(d.fd, Answer, sizeof Answer - 1, MSG_NOSIGNAL);
    }
  }
  qsort(taken, count, sizeof *taken, ascending);
  if (delays) printf("{\"count\":%zu,\"p50\":%.4f,\"p90\":%.4f,\"p95\":%.4f,\"p99\":%.4f,\"p999\":%.4f,\"max\":%.4f}\n", count, percentile(.5), percentile(.9), percentile(.95), percentile(.99), percentile(.999), percentile(1));
  return 0;
}
