/* Buggy: the thread shuts the connection down, and takes that for closing it.
 * Loses: mt-descriptors
 * Why: clients see the end after their reply, but each costs a descriptor.
 * Either: mt-robustness - descriptors pile up there too, if it counts them
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *
thread_main (void *arg)
{
  int sock = *(int *) arg;

  free (arg);
  serve_client (sock);
  shutdown (sock, SHUT_RDWR);
  return NULL;
}

void
run_server (int listenfd)
{
  pthread_attr_t attr;
  pthread_t tid;

  pthread_attr_init (&attr);
  pthread_attr_setdetachstate (&attr, PTHREAD_CREATE_DETACHED);
  for (;;)
    {
      int sock = tcp_accept (listenfd);
      int *arg = malloc (sizeof *arg);

      if (arg == NULL)
        {
          close (sock);
          continue;
        }
      *arg = sock;
      if (pthread_create (&tid, &attr, thread_main, arg) != 0)
        {
          fprintf (stderr, "pthread_create\n");
          free (arg);
          close (sock);
        }
    }
}
