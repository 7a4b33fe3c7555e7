/* Buggy: gives each detached thread a malloc'ed stack, which nobody can ever free.
 * Loses: mt-memory
 * Why: 64 KB of heap stay for each client. Where pthread_create fails, the stack is freed.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

#define STACK_BYTES (64 * 1024)

static void *serve(void *arg)
{
  int fd = (int)(intptr_t)arg;

  serve_client(fd);
  close(fd);
  return NULL;
}

static int launch(int fd)
{
  pthread_attr_t attr;
  pthread_t t;
  void *stack;
  int rc;

  if (posix_memalign(&stack, 4096, STACK_BYTES) != 0)
    return -1;
  pthread_attr_init(&attr);
  pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstack(&attr, stack, STACK_BYTES);
  rc = pthread_create(&t, &attr, serve, (void *)(intptr_t)fd);
  pthread_attr_destroy(&attr);
  if (rc != 0)
    free(stack);
  return rc;
}

void run_server(int listenfd)
{
  for (;;) {
    int fd = tcp_accept(listenfd);

    if (launch(fd) != 0) {
      fprintf(stderr, "client lost\n");
      close(fd);
    }
  }
}
