/* Correct: ended children are collected after each accept, before the next fork.
 * At most the last child is a zombie when the server waits, however many clients there were.
 */
#include <sys/wait.h>
#include <unistd.h>
#include "server.h"

static void collect(void)
{
    while (waitpid(-1, (int *)0, WNOHANG) > 0) {}
}

void run_server(int listenfd)
{
    for (;;) {
        int client = tcp_accept(listenfd);
        collect();
        switch (fork()) {
        case 0:
            close(listenfd);
            serve_client(client);
            close(client);
            _exit(0);
        case -1:
        default:
            close(client);
        }
    }
}
