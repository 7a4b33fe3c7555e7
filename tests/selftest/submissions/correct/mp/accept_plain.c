/* Correct: accept(2) in place of tcp_accept, every error is only told about. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

#define BACKOFF_MS 50

static int take_client(int sock)
{
    int client;

    while ((client = accept(sock, NULL, NULL)) < 0)
    {
        if (errno == EINTR)
            continue;
        perror("ERROR on accept");
        poll(NULL, 0, BACKOFF_MS);
    }
    return client;
}

void run_server(int sock)
{
    while (1)
    {
        int client = take_client(sock);
        int pid = fork();

        if (pid < 0)
            perror("ERROR on fork");
        if (pid == 0)
        {
            close(sock);
            serve_client(client);
            exit(0);
        }
        close(client);

        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
}
