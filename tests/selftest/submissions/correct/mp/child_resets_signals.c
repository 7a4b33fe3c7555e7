/* Correct: the child sets all signals back, takes a time limit, and ends through exit() and atexit(). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void goodbye(void) { fflush(stdout); }

static void sigchld_handler(int sig, siginfo_t *info, void *context) {
  (void)sig, (void)info, (void)context; // info names one child, there may be more
  int saved_errno = errno;
  while (waitpid(-1, NULL, WNOHANG) > 0)
    ;
  errno = saved_errno;
}

static void reset_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  for (int sig = 1; sig < NSIG; sig++)
    if (sig != SIGKILL && sig != SIGSTOP && sig != SIGPIPE)
      signal(sig, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

void run_server(int listenfd) {
  struct sigaction sa = {.sa_sigaction = sigchld_handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigfillset(&sa.sa_mask);
  if (sigaction(SIGCHLD, &sa, NULL) != 0 || atexit(goodbye) != 0)
    exit(EXIT_FAILURE);

  for (;;) {
    int connfd = tcp_accept(listenfd);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
      reset_signals();
      alarm(300); // nobody takes five minutes to type a number
      close(listenfd);
      serve_client(connfd);
      exit(EXIT_SUCCESS);
    }
    if (pid < 0)
      perror("fork");
    close(connfd);
  }
}
