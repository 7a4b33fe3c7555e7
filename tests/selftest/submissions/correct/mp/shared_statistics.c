/* Correct: counts clients in shared memory under a lock that is held for the increment alone. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static struct statistics {
    pthread_mutex_t mutex;
    unsigned long started, finished;
} *stats;

static void count(unsigned long *what)
{
    pthread_mutex_lock(&stats->mutex);
    ++*what;
    pthread_mutex_unlock(&stats->mutex);
}

static void init_statistics(void)
{
    pthread_mutexattr_t attr;

    stats = mmap(NULL, sizeof *stats, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (stats == MAP_FAILED)
        err(1, "mmap");
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&stats->mutex, &attr);
}

static void on_sigchld(int signo)
{
    int saved_errno = errno;

    (void)signo;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    errno = saved_errno;
}

void run_server(int listenfd)
{
    init_statistics();
    signal(SIGCHLD, on_sigchld);

    for (;;) {
        int connfd = tcp_accept(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            close(listenfd);
            count(&stats->started);
            serve_client(connfd);
            count(&stats->finished);
            _exit(0);
        }
        close(connfd);
        if (pid == -1)
            warn("fork, after %lu clients", stats->started);
    }
}
