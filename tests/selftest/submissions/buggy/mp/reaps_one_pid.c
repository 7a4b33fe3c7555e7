/* Buggy: remembers the last child only, and asks only for that one.
 * Loses: mp-zombies
 * Why: a child that has not ended when the next client comes is forgotten and stays a zombie.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static pid_t last_child = 0;

void run_server(int listenfd)
{
    while (1)
    {
        int fd = tcp_accept(listenfd);

        if (last_child > 0)
            waitpid(last_child, NULL, WNOHANG);

        last_child = fork();
        if (last_child == 0)
        {
            close(listenfd);
            serve_client(fd);
            close(fd);
            exit(0);
        }
        if (last_child < 0)
            perror("fork");
        close(fd);
    }
}
