/* Correct: SIGCHLD handler without SA_RESTART around accept(2), which is tried again after EINTR. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "server.h"

void sigchld_handler(int s)
{
    // waitpid() might overwrite errno, so we save and restore it:
    int saved_errno = errno;

    (void)s;
    while(waitpid(-1, NULL, WNOHANG) > 0);

    errno = saved_errno;
}

void run_server(int sockfd)
{
    int new_fd;             // new connection on new_fd
    struct sockaddr_storage their_addr;
    socklen_t sin_size;
    struct sigaction sa;

    sa.sa_handler = sigchld_handler; // reap all dead processes
    sigemptyset(&sa.sa_mask);
    sa.sa_flags = 0;
    if (sigaction(SIGCHLD, &sa, NULL) == -1) {
        perror("sigaction");
        exit(1);
    }

    while(1) {  // main accept() loop
        sin_size = sizeof their_addr;
        new_fd = accept(sockfd, (struct sockaddr *)&their_addr, &sin_size);
        if (new_fd == -1) {
            if (errno != EINTR) {
                struct timespec ts = { 0, 20000000 };
                perror("accept");
                nanosleep(&ts, NULL);   // out of descriptors: no need to spin
            }
            continue;
        }

        if (!fork()) { // this is the child process
            close(sockfd); // child doesn't need the listener
            serve_client(new_fd);
            close(new_fd);
            exit(0);
        }
        close(new_fd);  // parent doesn't need this
    }
}
