/* Buggy: starts four threads, joins all four, then accepts the next four.
 * Loses: mt-concurrency
 * Why: with four silent clients nobody else is accepted.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

#define BATCH 4

static void *thread_func(void *arg) {
  int fd = (int)(intptr_t)arg;
  serve_client(fd);
  close(fd);
  return NULL;
}

void run_server(int listenfd) {
  pthread_t threads[BATCH];
  int running = 0;

  for (;;) {
    int fd = tcp_accept(listenfd);

    if (pthread_create(&threads[running], NULL, thread_func, (void *)(intptr_t)fd) != 0) {
      fprintf(stderr, "pthread_create failed\n");
      close(fd);
      continue;
    }
    if (++running == BATCH) {
      while (running > 0)
        pthread_join(threads[--running], NULL);
    }
  }
}
