/* Buggy: the loop was forgotten: run_server serves one client and returns.
 * Loses: everything
 * Why: the second client finds no server.
 */
#include <pthread.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
    int fd = *(int *)arg;
    serve_client(fd);
    close(fd);
    return NULL;
}

void run_server(int listenfd)
{
    pthread_t tid;
    int fd = tcp_accept(listenfd);

    pthread_create(&tid, NULL, serve, &fd);
    pthread_join(tid, NULL);
}
