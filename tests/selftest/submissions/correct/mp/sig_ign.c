/* Correct: SIGCHLD set to SIG_IGN: children leave no zombies. */
#include <signal.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);
    while (1)
    {
        int fd = tcp_accept(listenfd);
        int pid = fork();
        if (pid == 0)
        {
            close(listenfd);
            serve_client(fd);
            close(fd);
            _exit(0);
        }
        close(fd);
    }
}
