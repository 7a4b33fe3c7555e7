/* Correct: each thread gives itself a name with its descriptor, for ps -L and gdb. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static void *
talk(void *arg)
{
  int s = (int)(intptr_t) arg;
  char name[16];

  pthread_detach (pthread_self ());
  snprintf (name, sizeof name, "client-%d", s);
  pthread_setname_np (pthread_self (), name);
  serve_client (s);
  close (s);
  pthread_setname_np (pthread_self (), "ending");
  return NULL;
}

void
run_server (int listenfd)
{
  pthread_setname_np (pthread_self (), "acceptor");
  for (;;)
    {
      pthread_t t;
      int s = tcp_accept (listenfd);

      if (pthread_create (&t, NULL, talk, (void *)(intptr_t) s))
        {
          perror ("pthread_create");
          close (s);
        }
    }
}
