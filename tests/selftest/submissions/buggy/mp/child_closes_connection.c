/* Buggy: the closes of parent and child are swapped: the child closes the connection, before it serves.
 * Loses: everything
 * Why: nobody gets a reply.
 */
#include <signal.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);
    while (1) {
        int connfd = tcp_accept(listenfd);

        if (fork() == 0) {
            close(connfd);          // child does not need this
            serve_client(connfd);
            _exit(0);
        }
        close(listenfd);            // parent does not need this
    }
}
