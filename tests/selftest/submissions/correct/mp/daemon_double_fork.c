/* Correct: becomes a daemon by hand, after Stevens: fork, setsid, fork, umask, standard input from /dev/null. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void daemonize(void) {
  pid_t pid = fork();
  if (pid < 0) {
    fprintf(stderr, "fork: %s\n", strerror(errno));
    exit(1);
  }
  if (pid > 0)
    _exit(0); // parent terminates
  setsid();
  signal(SIGHUP, SIG_IGN);
  pid = fork();
  if (pid < 0)
    exit(1);
  if (pid > 0)
    _exit(0); // first child terminates: no terminal can be acquired by the second
  umask(022);
  int null = open("/dev/null", O_RDONLY);
  if (null > 0) {
    dup2(null, STDIN_FILENO);
    close(null);
  }
}

static void sigchld(int signo) {
  int saved = errno;
  (void)signo;
  while (waitpid(-1, NULL, WNOHANG) > 0) {
  }
  errno = saved;
}

void run_server(int listenfd) {
  daemonize();
  struct sigaction sa;
  memset(&sa, 0, sizeof(sa));
  sa.sa_handler = sigchld;
  sigaction(SIGCHLD, &sa, NULL); // tcp_accept() takes care of EINTR

  for (;;) {
    int connfd = tcp_accept(listenfd);
    pid_t childpid = fork();
    if (childpid == 0) {
      close(listenfd);
      serve_client(connfd);
      exit(0);
    }
    if (childpid < 0)
      fprintf(stderr, "fork: %s\n", strerror(errno));
    close(connfd);
  }
}
