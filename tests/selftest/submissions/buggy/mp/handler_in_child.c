/* Buggy: SIGCHLD is ignored in the child, where it has no effect on the child's own end.
 * Loses: mp-zombies
 * Why: what counts is the parent's disposition, and that is the default.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd) {
  for (;;) {
    int connfd = tcp_accept(listenfd);
    pid_t pid = fork();
    if (pid == 0) {
      signal(SIGCHLD, SIG_IGN); // no zombies, please
      close(listenfd);
      serve_client(connfd);
      _exit(0);
    } else if (pid < 0) {
      perror("fork");
    }
    close(connfd);
  }
}
