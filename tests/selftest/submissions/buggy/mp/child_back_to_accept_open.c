/* Buggy: the child does not end: it goes back to accept clients itself, as a second server.
 * Loses: mp-processes mp-descriptors
 * Why: one process more for each client, all of them on the listening socket.
 * Either: mp-zombies - no child ever ends, so that nothing is there to be reaped.
 * Either: mp-robustness - it depends on who of the many accepts the client.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int connfd = tcp_accept(listenfd);

        switch (fork()) {
        case 0:
            serve_client(connfd);
            break;
        case -1:
            perror("fork");
            break;
        default:
            break;
        }
        close(connfd);
    }
}
