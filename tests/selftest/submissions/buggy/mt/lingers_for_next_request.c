/* Buggy: after the reply the thread waits for a second request before it closes the connection.
 * Loses: mt-descriptors
 * Why: a client that waits for the end after its reply waits for ever. Once it closes, all is given back.
 * Either: mt-threads - the threads end only when the clients have closed
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "server.h"

static void *session(void *arg)
{
  int fd = (int)(intptr_t)arg;

  for (int request = 0; request < 2; request++)
    serve_client(fd);
  close(fd);
  return NULL;
}

void run_server(int listenfd)
{
  pthread_t t;

  for (;;) {
    int fd = tcp_accept(listenfd);

    if (pthread_create(&t, NULL, session, (void *)(intptr_t)fd)) {
      close(fd);
      continue;
    }
    pthread_detach(t);
  }
}
