/* Buggy: peeks at the connection first, and a client that has reset it ends the server by err().
 * Loses: mt-robustness
 * Why: ECONNRESET is one client's affair. Without resets all is well.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

static void *worker(void *arg)
{
    int sock = (int)(intptr_t)arg;
    char c;

    if (recv(sock, &c, 1, MSG_PEEK) == -1)
        err(EXIT_FAILURE, "recv");
    serve_client(sock);
    if (close(sock) == -1)
        err(EXIT_FAILURE, "close");
    return NULL;
}

void run_server(int listenfd)
{
    pthread_attr_t attr;

    if (pthread_attr_init(&attr) || pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED))
        errx(EXIT_FAILURE, "attributes");
    for (;;) {
        int sock = tcp_accept(listenfd);
        pthread_t id;

        if (pthread_create(&id, &attr, worker, (void *)(intptr_t)sock))
            close(sock);
    }
}
