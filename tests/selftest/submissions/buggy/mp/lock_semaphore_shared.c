/* Buggy: the child waits until its client has written, takes a semaphore in shared memory, and serves.
 * Loses: mp-speedup
 * Why: the semaphore is taken for the whole computation; it is not held for a client that is silent.
 */
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static sem_t *shared_semaphore(void)
{
    sem_t *sem = mmap(NULL, sizeof *sem, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (sem == MAP_FAILED || sem_init(sem, 1, 1) == -1) {
        perror("semaphore");
        exit(1);
    }
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
    sem_t *sem = shared_semaphore();

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
