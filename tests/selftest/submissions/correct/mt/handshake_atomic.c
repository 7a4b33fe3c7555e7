/* Correct: the descriptor goes through an atomic mailbox; the creator yields until the thread has taken it.
 * The spinning lasts for one thread start, whatever the clients do. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>
#include "server.h"

static atomic_int mailbox = -1;

static void *taker(void *nothing) {
  int fd = atomic_exchange(&mailbox, -1);

  serve_client(fd);
  close(fd);
  return nothing;
}

void run_server(int listenfd) {
  for (;;) {
    pthread_t t;
    int fd = tcp_accept(listenfd);

    atomic_store(&mailbox, fd);
    if (pthread_create(&t, NULL, taker, NULL) != 0) {
      atomic_store(&mailbox, -1);
      close(fd);
      continue;
    }
    pthread_detach(t);
    while (atomic_load(&mailbox) != -1)
      sched_yield();
  }
}
