/* Correct: shuts the connection down in both directions before it closes it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

struct params
{
    int sockfd;
};

static void disconnect(int sockfd)
{
    shutdown(sockfd, SHUT_RDWR);    /* ENOTCONN if the client has reset: no matter */
    close(sockfd);
}

static void *client_loop(void *data)
{
    struct params params = *(struct params *)data;

    free(data);
    serve_client(params.sockfd);
    disconnect(params.sockfd);
    return NULL;
}

void run_server(int listenfd)
{
    for (;;)
    {
        struct params *params;
        int sockfd = tcp_accept(listenfd);
        pthread_t tid;

        if ((params = malloc(sizeof(struct params))) == NULL)
        {
            disconnect(sockfd);
            continue;
        }
        params->sockfd = sockfd;
        if (pthread_create(&tid, NULL, client_loop, params) == 0)
        {
            pthread_detach(tid);
        }
        else
        {
            free(params);
            disconnect(sockfd);
        }
    }
}
