/* probe_stdio.c - see probe.h. The functions that write through stdio(3), and so lock a stream and
 * fill a buffer; and those that lock what is known of the time zone. What snprintf(3) fills is the
 * caller's own.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>
#include "probe.h"

/* The forms that a compiler makes of them that looks for overflows: -D_FORTIFY_SOURCE. */
int __printf_chk(int flag, const char *format, ...);
int __fprintf_chk(FILE *stream, int flag, const char *format, ...);
int __vprintf_chk(int flag, const char *format, va_list values);
int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list values);

/* Defines a function that calls the one that it stands for. */
#define FUNCTION(type, name, parameters, arguments)                                                \
	EXPORTED type name parameters                                                              \
	{                                                                                          \
		static type(*real) parameters;                                                     \
                                                                                                   \
		if (real == NULL)                                                                  \
			*(void **)&real = original(#name);                                         \
		entered(STDIO, #name, NULL);                                                       \
		return real arguments;                                                             \
	}

/* The same for one that takes the values one by one: another one, `by_list`, takes a va_list. */
#define VARIADIC(name, by_list, parameters, types, arguments)                                      \
	EXPORTED int name parameters                                                               \
	{                                                                                          \
		static int(*real) types;                                                           \
		va_list values;                                                                    \
		int length;                                                                        \
                                                                                                   \
		if (real == NULL)                                                                  \
			*(void **)&real = original(#by_list);                                      \
		entered(STDIO, #name, NULL);                                                       \
		va_start(values, format);                                                          \
		length = real arguments;                                                           \
		va_end(values);                                                                    \
		return length;                                                                     \
	}

FUNCTION(int, puts, (const char *text), (text))
FUNCTION(int, fputs, (const char *text, FILE *stream), (text, stream))
FUNCTION(int, putchar, (int byte), (byte))
FUNCTION(int, putc, (int byte, FILE *stream), (byte, stream))
FUNCTION(int, fputc, (int byte, FILE *stream), (byte, stream))
FUNCTION(size_t, fwrite, (const void *data, size_t size, size_t number, FILE *stream),
	(data, size, number, stream))
FUNCTION(int, fflush, (FILE * stream), (stream))
FUNCTION(int, vprintf, (const char *format, va_list values), (format, values))
FUNCTION(int, vfprintf, (FILE * stream, const char *format, va_list values),
	(stream, format, values))
FUNCTION(int, __vprintf_chk, (int flag, const char *format, va_list values), (flag, format, values))
FUNCTION(int, __vfprintf_chk, (FILE * stream, int flag, const char *format, va_list values),
	(stream, flag, format, values))

FUNCTION(struct tm *, localtime, (const time_t *moment), (moment))
FUNCTION(struct tm *, localtime_r, (const time_t *moment, struct tm *split), (moment, split))
FUNCTION(char *, ctime, (const time_t *moment), (moment))
FUNCTION(time_t, mktime, (struct tm * split), (split))
FUNCTION(size_t, strftime, (char *text, size_t size, const char *format, const struct tm *split),
	(text, size, format, split))

VARIADIC(printf, vprintf, (const char *format, ...), (const char *, va_list), (format, values))
VARIADIC(fprintf, vfprintf, (FILE * stream, const char *format, ...),
	(FILE *, const char *, va_list), (stream, format, values))
VARIADIC(__printf_chk, __vprintf_chk, (int flag, const char *format, ...),
	(int, const char *, va_list), (flag, format, values))
VARIADIC(__fprintf_chk, __vfprintf_chk, (FILE * stream, int flag, const char *format, ...),
	(FILE *, int, const char *, va_list), (stream, flag, format, values))

/* ---- those that return nothing ---- */

EXPORTED void perror(const char *text)
{
	static void (*real)(const char *);

	if (real == NULL)
		*(void **)&real = original("perror");
	entered(STDIO, "perror", NULL);
	real(text);
}

EXPORTED void warn(const char *format, ...)
{
	va_list values;

	entered(STDIO, "warn", NULL);
	va_start(values, format);
	vwarn(format, values);
	va_end(values);
}

EXPORTED void warnx(const char *format, ...)
{
	va_list values;

	entered(STDIO, "warnx", NULL);
	va_start(values, format);
	vwarnx(format, values);
	va_end(values);
}

EXPORTED void syslog(int priority, const char *format, ...)
{
	va_list values;

	entered(STDIO, "syslog", NULL);
	va_start(values, format);
	vsyslog(priority, format, values);
	va_end(values);
}
