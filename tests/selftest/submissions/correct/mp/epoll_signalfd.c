/* Correct: epoll over a signalfd and the listening socket; tcp_accept once epoll says that somebody is there. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static int watch(int epfd, int fd) {
  struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
  return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev);
}

void run_server(int listenfd) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigprocmask(SIG_BLOCK, &mask, NULL);

  int sfd = signalfd(-1, &mask, SFD_CLOEXEC);
  int epfd = epoll_create1(EPOLL_CLOEXEC);
  if (sfd < 0 || epfd < 0 || watch(epfd, sfd) < 0 || watch(epfd, listenfd) < 0)
    err(1, "cannot set up epoll");

  for (;;) {
    struct epoll_event ready[2];
    int n = epoll_wait(epfd, ready, 2, -1);
    for (int i = 0; i < n; i++) {
      if (ready[i].data.fd == sfd) {
        struct signalfd_siginfo si;
        if (read(sfd, &si, sizeof si) < 0)
          warn("signalfd");
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
      } else {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();
        if (pid == 0) {
          close(listenfd);
          close(epfd);
          close(sfd);
          serve_client(connfd);
          _exit(0);
        }
        if (pid < 0)
          warn("fork");
        close(connfd);
      }
    }
  }
}
