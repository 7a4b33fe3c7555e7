/* Buggy: the child waits until its client has written, takes a named semaphore, and serves.
 * Loses: mp-speedup
 * Why: the semaphore is taken for the whole computation; it is not held for a client that is silent.
 */
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static sem_t *open_private_semaphore(void)
{
    char name[64];
    sem_t *sem;

    snprintf(name, sizeof name, "/mp_server.%ld", (long)getpid());
    sem = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
    if (sem == SEM_FAILED) {
        perror(name);
        exit(1);
    }
    sem_unlink(name);
    return sem;
}

static int complete(int fd)
{
    char buf[40];
    ssize_t n = recv(fd, buf, sizeof buf, MSG_PEEK);

    return n <= 0 || n > 31 || memchr(buf, '\n', n) != NULL;
}

static void child(int fd, sem_t *one_at_a_time)
{
    while (!complete(fd))
        poll(NULL, 0, 5);
    sem_wait(one_at_a_time);
    serve_client(fd);
    sem_post(one_at_a_time);
    _exit(0);
}

void run_server(int listenfd)
{
    sem_t *sem = open_private_semaphore();

    signal(SIGCHLD, SIG_IGN);
    while (1) {
        int fd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            close(listenfd);
            child(fd, sem);
        } else if (pid == -1) {
            perror("fork");
        }
        close(fd);
    }
}
