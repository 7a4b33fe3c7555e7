/* Buggy: a table of 100 children whose entries are never freed; who finds it full is dropped.
 * Loses: mp-robustness
 * Why: the flood alone is three hundred clients.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

struct Child {
    pid_t pid;
    int alive;
};

static struct Child table[100];
static int used = 0;

static void check_children(void)
{
    for (int i = 0; i < used; i++)
        if (table[i].alive && waitpid(table[i].pid, NULL, WNOHANG) != 0)
            table[i].alive = 0;
}

void run_server(int listenfd)
{
    while (1) {
        int connfd = tcp_accept(listenfd);
        check_children();
        if (used >= 100) {
            printf("table full\n");
            close(connfd);
            continue;
        }
        pid_t pid = fork();
        if (pid == 0) {
            close(listenfd);
            serve_client(connfd);
            close(connfd);
            _exit(0);
        }
        close(connfd);
        if (pid < 0) {
            perror("fork");
            continue;
        }
        table[used].pid = pid;
        table[used].alive = 1;
        used++;
    }
}
