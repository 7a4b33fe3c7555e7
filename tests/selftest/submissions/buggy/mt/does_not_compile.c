/* Buggy: a semicolon and a variable are missing.
 * Loses: compile
 * Why: it never was compiled.
 */
#include <pthread.h>
#include <unistd.h>

#include "server.h"

void *serve(void *arg)
{
    int connfd = *(int *)arg
    serve_client(connfd);
    close(connfd);
    return NULL;
}

void run_server(int listenfd)
{
    while (1) {
        int connfd = tcp_accept(listenfd);
        pthread_create(&tid, NULL, serve, &connfd);
    }
}
