/* server.h - the whole interface of the lab, headed by the file that implements each part. */
#ifndef SERVER_H
#define SERVER_H

#include <stdint.h>

/* tcp.c */

/* Returns a socket that listens on the port of every local address; 0 means any free port. Ends the program
 * with a message when that cannot be had. */
int tcp_listen(uint16_t port);

/* Waits for a client and returns the descriptor of its connection, which the caller owns. Never fails: what passes
 * (an interrupting signal, a client that left, a shortage of descriptors) it waits out. */
int tcp_accept(int listenfd);

/* fibonacci.c */

/* Reads one request from the connection, computes, replies. Threads may call it at the same time. It never ends the
 * program and never closes connfd: whoever owns the descriptor does. */
void serve_client(int connfd);

/* server.c, mp_server.c, mt_server.c: one strategy each */

/* Serves every client that connects to listenfd; never returns. */
void run_server(int listenfd);

#endif
