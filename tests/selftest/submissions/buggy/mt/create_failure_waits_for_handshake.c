/* Buggy: waits for the handshake although no thread was created.
 * Loses: mt-robustness
 * Why: nobody posts the semaphore: one failing pthread_create stops the server for ever.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

static sem_t got_it;

static void *serve(void *arg)
{
  int fd = *(int *)arg;

  pthread_detach(pthread_self());
  sem_post(&got_it);
  serve_client(fd);
  close(fd);
  return NULL;
}

void run_server(int listenfd)
{
  sem_init(&got_it, 0, 0);
  for (;;) {
    int fd = tcp_accept(listenfd);
    pthread_t t;

    if (pthread_create(&t, NULL, serve, &fd) != 0) {
      fprintf(stderr, "pthread_create failed\n");
      close(fd);
    }
    while (sem_wait(&got_it) != 0)
      ;
  }
}
