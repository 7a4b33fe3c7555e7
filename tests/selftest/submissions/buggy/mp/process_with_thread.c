/* Buggy: a process for each client, and in it a thread that serves, for which its main thread waits.
 * Loses: mp-processes
 * Why: twice the tasks; the lab asks for processes of one thread here.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "server.h"

static void *serve(void *arg)
{
    serve_client(*(int *)arg);
    return NULL;
}

void run_server(int listenfd)
{
    signal(SIGCHLD, SIG_IGN);
    while (1) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            pthread_t thread;

            close(listenfd);
            if (pthread_create(&thread, NULL, serve, &connfd) == 0)
                pthread_join(thread, NULL);
            _exit(0);
        }
        if (pid < 0)
            perror("fork");
        close(connfd);
    }
}
