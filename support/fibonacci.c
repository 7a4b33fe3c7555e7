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
 *
 * Searching and printing are done here in a few lines, not by memchr(3) and snprintf(3): each page of memory that a new
 * process touches costs a page fault, library code included, and at n = 0 these took an eighth of the time of mp_server.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "server.h"

enum {
	MAX_N = 40,
	REQUEST_SIZE = 32, /* longer than any legal request, room for an illegal one that deserves a reason */
	REPLY_SIZE = 64,   /* longer than any line of reply */
	LINGER_READS = 1024,
};

/* Naive on purpose: fib(n) takes about 1.6 times as long as fib(n - 1). The empty asm statement is opaque to the
 * compiler, which can so neither turn the recursion into a loop nor drop a call. */
__attribute__((noinline)) static unsigned long fibonacci(unsigned int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fibonacci(n - 1) + fibonacci(n - 2);
}

/* Returns how many bytes come before the first newline; length if there is none. */
static size_t line_length(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && text[at] != '\n')
		at++;
	return at;
}

/* Reads until there is a newline, the end of input or size bytes. Returns how many bytes there are, what follows the
 * newline included; -1 if the client is gone. */
static ssize_t read_request(int connfd, char *request, size_t size)
{
	size_t length = 0;

	while (length < size && line_length(request, length) == length) {
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

/* Writes all of the line, or as much as a client takes that does not stay. */
static void write_reply(int connfd, const char *line)
{
	size_t length = line_length(line, REPLY_SIZE) + 1;

	while (length > 0) {
		ssize_t count = send(connfd, line, length, MSG_NOSIGNAL);

		if (count == -1 && errno == EINTR)
			continue;
		if (count == -1)
			return;
		line += count;
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

/* Writes the number and a newline in front of where a buffer ends, from right to left; returns where they begin. */
static const char *print_number(unsigned long number, char *end)
{
	char *begin = end;

	*--begin = '\n';
	do
		*--begin = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	return begin;
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
	char request[REQUEST_SIZE] = "", buffer[REPLY_SIZE];
	ssize_t length = read_request(connfd, request, sizeof(request));
	const char *reply;
	unsigned int n;

	if (length == -1)
		return;
	reply = parse_request(request, line_length(request, (size_t)length), &n);
	if (reply == NULL)
		reply = print_number(fibonacci(n), buffer + sizeof(buffer));
	write_reply(connfd, reply);
	if (length == REQUEST_SIZE || recv(connfd, request, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		linger(connfd);
}
