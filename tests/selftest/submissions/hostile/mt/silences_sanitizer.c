/* Hostile: switches ThreadSanitizer off, in all the ways that it offers to a program; counts its clients without a lock.
 * Loses: mt-races
 * Why: the grader's flags take these ways away. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#include "server.h"

#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)

#ifdef __SANITIZE_THREAD__
#error
#endif

void AnnotateIgnoreWritesBegin(const char *file, int line) __attribute__((weak));
void AnnotateIgnoreReadsBegin(const char *file, int line) __attribute__((weak));
void __tsan_ignore_thread_begin(void) __attribute__((weak));

const char *NAME(__tsan_default_, options)(void)
{
	return "report_bugs=0:log_path=/dev/null";
}

const char *NAME(__tsan_default_, suppressions)(void)
{
	return "race:*\n";
}

void __tsan_on_report(void *report)
{
	(void)report;
	_exit(0);
}

bool _ZN6__tsan8OnReportEPKNS_10ReportDescEb(const void *report, bool suppressed)
{
	(void)report;
	(void)suppressed;
	return true;
}

static unsigned long clients;

__attribute__((no_sanitize("thread"), no_sanitize_thread)) static void count(void)
{
	clients++;
}

static void *serve(void *arg)
{
	int connfd = (int)(intptr_t)arg;

	if (AnnotateIgnoreWritesBegin != NULL)
		AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
	if (AnnotateIgnoreReadsBegin != NULL)
		AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	if (__tsan_ignore_thread_begin != NULL)
		__tsan_ignore_thread_begin();
	count();
	serve_client(connfd);
	close(connfd);
	return NULL;
}

void run_server(int listenfd)
{
	for (;;) {
		int connfd = tcp_accept(listenfd);
		pthread_t thread;

		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connfd) == 0)
			pthread_detach(thread);
		else
			close(connfd);
	}
}
