/* fibonacci.c - the service: one request, one reply.
 *
 * A request is a decimal number from 0 to 40 and a newline. A carriage return before the newline
 * is tolerated, the end of input ends a request too, and the request may arrive in any pieces.
 * The reply is fib(n) and a newline, where fib(0) = fib(1) = 1. Anything else gets one line that
 * begins "error: ":
 *
 *	an empty line, or nothing at all	error: empty request
 *	any byte that is not a digit: "-1"	error: not a decimal number
 *	  "+5" " 7" "0x10" "1e3" "3.0"
 *	a zero before another digit: "007"	error: a leading zero (007 is octal in C)
 *	41 and above, also past 64 bits		error: out of range, n is 0 to 40
 *	32 bytes without a newline		error: request too long (answered at once)
 *
 * What follows the newline is ignored.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "server.h"

enum {
	MAX_N = 40,
	REQUEST_SIZE = 32, /* longer than any legal request, with room for an illegal one */
	REPLY_SIZE = 32,   /* longer than any number */
	LINGER_READS = 1024,
};

/* Naive on purpose: fib(n) takes about 1.6 times as long as fib(n - 1). The compiler does not know
 * what the empty asm statement does to n, so it has to make every call. Aligned, so that it takes
 * the same time in every server: at another address, the same code may take 1.2 times as long. */
__attribute__((noinline, aligned(64))) static unsigned long fibonacci(unsigned int n)
{
	__asm__ volatile("" : "+r"(n));
	return n < 2 ? 1 : fibonacci(n - 1) + fibonacci(n - 2);
}

/* Reads until there is a newline, the end of input or size bytes. Returns how many bytes there
 * are, those after the newline included; -1 if the client is gone. */
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

/* Writes the whole line, or as much of it as the client takes before it leaves. */
static void write_reply(int connfd, const char *line)
{
	size_t length = strlen(line);

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
	const char *newline = memchr(request, '\n', length);

	if (newline != NULL)
		length = (size_t)(newline - request);
	else if (length == REQUEST_SIZE)
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

/* Like snprintf(line, size, "%lu\n", number), which costs a new child process eight page faults: a
 * tenth of mp_server's time at n = 0. */
static void print_number(char *line, unsigned long number)
{
	unsigned long unit = 1; /* becomes that of the first digit: 100 for 987 */

	while (number / unit >= 10)
		unit *= 10;
	for (; unit > 0; unit /= 10)
		*line++ = (char)('0' + number / unit % 10);
	*line++ = '\n';
	*line = '\0';
}

/* A socket closed with input unread is reset, and the reset may overtake the reply (RFC 9112,
 * section 9.6). So tell the client that the reply is over, and discard what it still sends, within
 * limits. */
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
	char request[REQUEST_SIZE] = "", number[REPLY_SIZE];
	ssize_t length = read_request(connfd, request, sizeof(request));
	const char *reply;
	unsigned int n;

	if (length == -1)
		return;
	reply = parse_request(request, (size_t)length, &n);
	if (reply == NULL) {
		print_number(number, fibonacci(n));
		reply = number;
	}
	write_reply(connfd, reply);
	if (length == REQUEST_SIZE || recv(connfd, request, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		linger(connfd);
}
