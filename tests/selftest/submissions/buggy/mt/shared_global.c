/* Buggy: the descriptor is a global variable; the thread reads it when it gets round to it.
 * Loses: mt-races
 * Why: by then it may be the next client's. The thread copies it once, so that it serves and closes the same.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <pthread.h>
#include <unistd.h>

#include "server.h"

int connfd;

void *serve(void *arg)
{
  int fd = connfd;

  (void)arg;
  serve_client(fd);
  close(fd);
  return NULL;
}

void run_server(int listenfd)
{
  pthread_t t;

  for (;;) {
    connfd = tcp_accept(listenfd);
    if (pthread_create(&t, NULL, serve, NULL) != 0)
      close(connfd);
    else
      pthread_detach(t);
  }
}
