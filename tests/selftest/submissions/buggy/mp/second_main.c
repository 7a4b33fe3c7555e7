/* Buggy: brings a main() and an accept function of its own, as one file of its own would.
 * Loses: compile
 * Why: main and tcp_accept are defined twice when it is linked with the given files.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

int tcp_accept(int listenfd)
{
    return accept(listenfd, NULL, NULL);
}

void run_server(int listenfd)
{
    while (1) {
        int fd = tcp_accept(listenfd);
        if (fork() == 0) {
            close(listenfd);
            serve_client(fd);
            exit(0);
        }
        close(fd);
    }
}

int main(int argc, char **argv)
{
    run_server(tcp_listen((uint16_t)atoi(argc > 1 ? argv[1] : "2999")));
}
