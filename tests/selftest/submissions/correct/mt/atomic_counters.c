/* Correct: counts clients in atomics: those that are being served, the most at once, all of them. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static atomic_uint active, peak;
static atomic_ulong total;

static void enter(void)
{
  unsigned now = atomic_fetch_add(&active, 1) + 1;
  unsigned seen = atomic_load(&peak);

  while (now > seen && !atomic_compare_exchange_weak(&peak, &seen, now))
    ;
  if (atomic_fetch_add(&total, 1) % 100 == 99)
    fprintf(stderr, "%lu clients, at most %u at once\n", atomic_load(&total), atomic_load(&peak));
}

static void leave(void)
{
  atomic_fetch_sub(&active, 1);
}

static void *serve(void *arg)
{
  enter();
  serve_client((intptr_t)arg);
  close((intptr_t)arg);
  leave();
  return NULL;
}

void run_server(int listenfd)
{
  for (;;) {
    intptr_t fd = tcp_accept(listenfd);
    pthread_t t;

    if (pthread_create(&t, NULL, serve, (void *)fd) != 0)
      close(fd);
    else
      pthread_detach(t);
  }
}
