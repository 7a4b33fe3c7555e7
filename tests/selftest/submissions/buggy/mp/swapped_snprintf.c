/* Buggy: its own service with snprintf's size and buffer filled from the wrong things, as the course's original.
 * Loses: everything
 * Why: the number is taken for the format: every child dies of SIGSEGV before it has replied.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

__attribute__((noinline)) static long function(long n)
{
    __asm__ volatile("" : "+r"(n));
    return n < 2 ? 1 : function(n - 1) + function(n - 2);
}

static void handle(int sock)
{
    char buffer[256];
    ssize_t n = recv(sock, buffer, sizeof(buffer) - 1, 0);

    if (n <= 0)
        return;
    buffer[n] = 0;
    long result = function(atol(buffer) % 41);
    snprintf(buffer, sizeof(buffer), (char *)(intptr_t)result, "%ld\n");
    send(sock, buffer, strlen(buffer), 0);
}

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);
    while (1) {
        int sock = tcp_accept(listenfd);
        if (fork() == 0) {
            close(listenfd);
            handle(sock);
            _exit(0);
        }
        close(sock);
    }
}
