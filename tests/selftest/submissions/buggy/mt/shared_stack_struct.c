/* Buggy: descriptor and address in a struct on the stack, its address passed to every thread.
 * Loses: mt-races
 * Why: the next client is accepted into the same struct.
 * Either: mt-robustness - many clients at once meet the race by themselves
 * Either: mt-memory - so may eight at once, if they connect in a burst
 * Either: mt-speedup - likewise
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

typedef struct {
    int sock;
    struct sockaddr_in addr;
    socklen_t addr_len;
} connection_t;

static void *process(void *ptr)
{
    connection_t conn = *(connection_t *)ptr;

    fprintf(stderr, "connection from %s\n", inet_ntoa(conn.addr.sin_addr));
    serve_client(conn.sock);
    close(conn.sock);
    pthread_exit(0);
}

void run_server(int listenfd)
{
    pthread_t thread;
    connection_t connection;

    while (1) {
        connection.addr_len = sizeof(connection.addr);
        connection.sock = accept(listenfd, (struct sockaddr *)&connection.addr, &connection.addr_len);
        if (connection.sock < 0) {
            usleep(1000);
            continue;
        }
        if (pthread_create(&thread, 0, process, &connection) != 0) {
            close(connection.sock);
            continue;
        }
        pthread_detach(thread);
    }
}
