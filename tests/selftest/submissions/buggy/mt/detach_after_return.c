/* Buggy: pthread_detach stands after the return, where it is never reached.
 * Loses: mt-memory
 * Why: as if it were not there at all.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

typedef struct { int fd; } args_t;

static void *run(void *p)
{
  args_t a = *(args_t *)p;

  free(p);
  serve_client(a.fd);
  close(a.fd);
  return NULL;
  pthread_detach(pthread_self());
}

void run_server(int listenfd)
{
  while (1) {
    int fd = tcp_accept(listenfd);
    args_t *a = malloc(sizeof(args_t));
    pthread_t t;

    if (!a) {
      close(fd);
      continue;
    }
    a->fd = fd;
    if (pthread_create(&t, NULL, run, a)) {
      free(a);
      close(fd);
    }
  }
}
