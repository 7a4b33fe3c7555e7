/* Correct: signal() in place of sigaction(); glibc gives it BSD semantics, so the handler stays and calls restart. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void reaper(int signum) {
  int e = errno;
  int status;
  (void)signum;
  while (waitpid(-1, &status, WNOHANG) > 0)
    continue;
  errno = e;
}

void run_server(int listenfd) {
  signal(SIGCHLD, reaper);

  for (;;) {
    int connfd = tcp_accept(listenfd);

    if (fork() == 0) {
      close(listenfd);
      serve_client(connfd);
      _exit(0);
    }
    /* Here on success in the parent, and when there is no child at all: in both cases we are done with it. */
    close(connfd);
  }
}
