/* Buggy: select with a timeout of two seconds before the service; afterwards the client is asked to come again.
 * Loses: mt-robustness
 * Why: a line that says why is no reply either.
 */
#include <pthread.h>
#include <stdint.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static void *serve(void *arg)
{
    int fd = (int)(intptr_t)arg;
    struct timeval limit = {2, 0};
    fd_set set;

    if (fd < FD_SETSIZE) {
        FD_ZERO(&set);
        FD_SET(fd, &set);
        if (select(fd + 1, &set, NULL, NULL, &limit) == 0) {
            send(fd, "error: too slow, come again\n", 28, MSG_NOSIGNAL);
            close(fd);
            return NULL;
        }
    }
    serve_client(fd);
    close(fd);
    return NULL;
}

void run_server(int listenfd)
{
    for (;;) {
        int fd = tcp_accept(listenfd);
        pthread_t thread;

        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0)
            pthread_detach(thread);
        else
            close(fd);
    }
}
