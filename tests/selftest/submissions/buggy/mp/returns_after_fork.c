/* Buggy: the loop runs in a process in the background, but run_server() returns in the one that was started,
 * and the one in the background serves just one client.
 * Loses: everything
 * Why: after the first client nobody listens.
 */
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

void run_server(int listenfd)
{
    if (fork() == 0) {
        int connfd = tcp_accept(listenfd);
        close(listenfd);
        serve_client(connfd);
        close(connfd);
        exit(0);
    }
}
