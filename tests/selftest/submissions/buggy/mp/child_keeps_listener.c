/* Buggy: the child does not close the listening socket.
 * Loses: mp-descriptors
 * Why: while a child lives the port stays taken, even after the server has ended.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);

    for (;;) {
        int client_fd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid < 0) {
            perror("fork");
        } else if (pid == 0) {
            serve_client(client_fd);
            close(client_fd);
            _exit(0);
        }
        close(client_fd);
    }
}
