/* fibonacci.c - the service: one request, one reply.
 *
 * A request is a decimal number from 0 to 40 and a newline. A carriage return before the newline is tolerated, the end
 * of input ends a request too, and it may arrive in any pieces. The reply is fib(n) and a newline, where
 * fib(0) = fib(1) = 1. All else gets one line that begins "error: ":
 *
 *	an empty line, or nothing at all		error: empty request
 *	any byte that is no digit: "-1" "+5" " 7"	error: not a decimal number
 *	  "0x10" "1e3" "3.0", a NUL byte
 *	a zero before another digit: "007"		error: a leading zero (octal in C, not elsewhere)
 *	41 and above, also past 64 bits			error: out of range, n is 0 to 40
 *	more than 31 bytes without a newline		error: request too long, sent without waiting for its end
 *
 * What follows the newline is ignored.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "server.h"

enum {
	MAX_N = 40,
	REQUEST_SIZE = 32, /* longer than any legal request, room for an illegal one that deserves a reason */
	LINGER_READS = 1024,
};

/* Naive on purpose: fib(n) takes about 1.6 times as long as fib(n - 1). The empty asm statement is opaque to the
 * compiler, which can so neither turn the recursion into a loop nor drop a call. */
__attribute__((noinline)) static unsigned long fibonacci(unsigned int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fibonacci(n - 1) + fibonacci(n - 2);
}

/* Reads until there is a newline, the end of input or size bytes. Returns how many bytes there are, what follows the
 * newline included; -1 if the client is gone. */
static ssize_t read_request(int connfd, char *request, size_t size)
{
	size_t length = 0;

	while (length < size && memchr(request, '\n', length) == NULL) {
		ssize_t count = recv(connfd, request + length, size - length, 0);

		if (count == -1 && errno == EINTR)
			continue;
		if (count == -1)
			return -1;
		if (count == 0)
			break;
		length += (size_t)count;
	}
	return (ssize_t)length;
}

/* Writes all of the text, or as much as a client takes that does not stay. */
static void write_reply(int connfd, const char *text)
{
	size_t length = strlen(text);

	while (length > 0) {
		ssize_t count = send(connfd, text, length, MSG_NOSIGNAL);

		if (count == -1 && errno == EINTR)
			continue;
		if (count == -1)
			return;
		text += count;
		length -= (size_t)count;
	}
}

/* Returns what is wrong with a request, or NULL after storing its number in *n. */
static const char *parse_request(const char *request, size_t length, unsigned int *n)
{
	if (length == REQUEST_SIZE)
		return "error: request too long\n";
	if (length > 0 && request[length - 1] == '\r')
		length--;
	if (length == 0)
		return "error: empty request\n";
	for (size_t i = 0; i < length; i++)
		if (request[i] < '0' || request[i] > '9')
			return "error: not a decimal number\n";
	if (request[0] == '0' && length > 1)
		return "error: a leading zero\n";
	*n = 0;
	for (size_t i = 0; i < length && *n <= MAX_N; i++)
		*n = *n * 10 + (unsigned int)(request[i] - '0');
	return *n > MAX_N ? "error: out of range, n is 0 to 40\n" : NULL;
}

/* A socket closed with input unread is reset, and the reset may overtake the reply (RFC 9112, section 9.6). So tell
 * the client that the reply is over, and throw away what it still sends, within limits. */
static void linger(int connfd)
{
	struct timeval patience = {.tv_usec = 200 * 1000};
	char discarded[16 * 1024];
	int reads = 0;

	if (shutdown(connfd, SHUT_WR) == -1)
		return;
	if (setsockopt(connfd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == -1)
		return;
	while (reads++ < LINGER_READS && recv(connfd, discarded, sizeof(discarded), 0) > 0)
		;
}

void serve_client(int connfd)
{
	char request[REQUEST_SIZE] = "", reply[REQUEST_SIZE];
	ssize_t received = read_request(connfd, request, sizeof(request));
	size_t length = received == -1 ? 0 : (size_t)received;
	const char *newline = memchr(request, '\n', length);
	const char *error;
	unsigned int n;

	if (received == -1)
		return;
	error = parse_request(request, newline == NULL ? length : (size_t)(newline - request), &n);
	if (error == NULL)
		snprintf(reply, sizeof(reply), "%lu\n", fibonacci(n));
	write_reply(connfd, error == NULL ? reply : error);
	if (length == REQUEST_SIZE || recv(connfd, request, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		linger(connfd);
}
