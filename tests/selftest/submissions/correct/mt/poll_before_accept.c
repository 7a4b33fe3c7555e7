/* Correct: the main thread waits in poll, with a timeout, and then accepts. */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

void *
serve_one (void *ptr)
{
  int sock = (int) (long) ptr;

  serve_client (sock);
  close (sock);
  pthread_exit (NULL);
}

void
run_server (int listenfd)
{
  struct pollfd pfd;
  pthread_t thr;
  int n, sock;

  pfd.fd = listenfd;
  pfd.events = POLLIN;
  for (;;)
    {
      n = poll (&pfd, 1, 1000);
      if (n <= 0)
        continue;               /* nobody for a second, or EINTR */
      if (!(pfd.revents & POLLIN))
        continue;
      sock = tcp_accept (listenfd);
      if (pthread_create (&thr, NULL, serve_one, (void *) (long) sock) != 0)
        {
          fprintf (stderr, "pthread_create failed, closing %d\n", sock);
          close (sock);
        }
      else
        pthread_detach (thr);
    }
}
