/* Buggy: a table of 64 children, whose entries are freed; a client that finds it full is sent away.
 * Loses: mp-robustness
 * Why: three hundred clients connected at once are more than 64; one after the other they are served for ever.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

#define SLOTS 64

static pid_t slot[SLOTS];

static int find(pid_t pid)
{
    for (int i = 0; i < SLOTS; i++)
        if (slot[i] == pid)
            return i;
    return -1;
}

static void update_slots(void)
{
    pid_t pid;
    int i;

    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        if ((i = find(pid)) >= 0)
            slot[i] = 0;
}

void run_server(int listenfd)
{
    for (;;) {
        int connfd = tcp_accept(listenfd);
        int i;
        pid_t pid;

        update_slots();
        i = find(0);
        if (i < 0) {
            fprintf(stderr, "server full\n");
            close(connfd);
            continue;
        }
        pid = fork();
        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            _exit(0);
        }
        if (pid > 0)
            slot[i] = pid;
        else
            perror("fork");
        close(connfd);
    }
}
