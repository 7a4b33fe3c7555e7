/* Correct: a reaper thread joins ended threads; a semaphore counts them and a mutex guards their list. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "server.h"

typedef struct node_s {
  pthread_t       tid;
  int             fd;
  struct node_s  *next;
} node_t;

static sem_t            ended;
static pthread_mutex_t  ended_mutex = PTHREAD_MUTEX_INITIALIZER;
static node_t          *ended_list = NULL;

static void *Reaper(void *unused)
{
  node_t *n;

  (void) unused;
  for ( ; ; ) {
    while (sem_wait(&ended) == -1 && errno == EINTR)
      ;
    pthread_mutex_lock(&ended_mutex);
    n = ended_list;
    ended_list = n->next;
    pthread_mutex_unlock(&ended_mutex);
    pthread_join(n->tid, NULL);
    free(n);
  }
  return NULL;
}

static void *Worker(void *p)
{
  node_t *n = (node_t *) p;

  serve_client(n->fd);
  close(n->fd);
  pthread_mutex_lock(&ended_mutex);
  n->tid  = pthread_self();
  n->next = ended_list;
  ended_list = n;
  pthread_mutex_unlock(&ended_mutex);
  sem_post(&ended);
  return NULL;
}

void run_server(int listenfd)
{
  pthread_t t;

  sem_init(&ended, 0, 0);
  if (pthread_create(&t, NULL, Reaper, NULL)) {
    fputs("reaper: no thread\n", stderr);
    exit(1);
  }
  for ( ; ; ) {
    int     fd = tcp_accept(listenfd);
    node_t *n  = malloc(sizeof *n);

    if (n) {
      n->fd = fd;
      if (pthread_create(&t, NULL, Worker, n) == 0)
        continue;
      free(n);
    }
    close(fd);
  }
}
