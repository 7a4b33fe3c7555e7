/* Buggy: looks in errno for what pthread_create returns.
 * Loses: mt-robustness
 * Why: and looks there too early: errno was saved before the call. The connection stays open, unserved.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
  int fd = (int)(intptr_t)arg;

  pthread_detach(pthread_self());
  serve_client(fd);
  close(fd);
  return NULL;
}

void run_server(int listenfd)
{
  for (;;) {
    int fd = tcp_accept(listenfd);
    pthread_t t;
    int saved;

    errno = 0;
    saved = errno;
    pthread_create(&t, NULL, serve, (void *)(intptr_t)fd);
    if (saved != 0) {
      fprintf(stderr, "pthread_create: %s\n", strerror(saved));
      close(fd);
    }
  }
}
