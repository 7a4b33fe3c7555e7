/* Buggy: ends each reply with an empty line, "as HTTP does".
 * Loses: everything
 * Why: serve_client has sent the newline already: this one belongs to nothing.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

void *client_thread(void *p)
{
    int fd = *(int *)p;

    free(p);
    serve_client(fd);
    send(fd, "\n", 1, MSG_NOSIGNAL);
    close(fd);
    return NULL;
}

void run_server(int listenfd)
{
    while (1) {
        int fd = tcp_accept(listenfd);
        int *p = malloc(sizeof(int));
        pthread_t tid;

        if (p == NULL) {
            close(fd);
            continue;
        }
        *p = fd;
        if (pthread_create(&tid, NULL, client_thread, p) == 0) {
            pthread_detach(tid);
        } else {
            free(p);
            close(fd);
        }
    }
}
