/* server.h - the whole interface of the lab, under the name of the file that implements it. */
#ifndef SERVER_H
#define SERVER_H

#include <stdint.h>

/* tcp.c */

/* Returns a socket that listens on the port of every local address; 0 means any free port. If that
 * fails, it ends the program with a message. */
int tcp_listen(uint16_t port);

/* Waits for a client and returns the descriptor of its connection, which the caller must close.
 * Never fails: after a passing error (a signal, a client that has left, no free descriptor) it
 * tries again. */
int tcp_accept(int listenfd);

/* fibonacci.c */

/* Reads one request from the connection, computes, replies. Several threads may call it at the same
 * time. It never ends the program, and it does not close connfd: the caller does. */
void serve_client(int connfd);

/* server.c, mp_server.c, mt_server.c: each has its own strategy */

/* Serves every client that connects to listenfd; never returns. */
void run_server(int listenfd);

#endif
