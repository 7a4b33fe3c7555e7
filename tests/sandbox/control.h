/* control.h - the control socket, with the grader at its other end. box.c lists the messages. */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>

/* Takes an inherited socket over as descriptor 3 and closes all others above 2. Ends the process
 * if it cannot. */
void meet_grader(int control);

/* Closes this process's end of the socket. */
void leave_grader(void);

/* Sends "WORD NUMBER", or a text of at most MESSAGE_MAX bytes, its NUL included. Never waits: what
 * cannot be sent now is sent by send_waiting(). */
enum { MESSAGE_MAX = 4096 };
void tell(const char *word, long number);
void tell_text(const char *text);

/* The socket, and the events of poll(2) upon which the next two functions are to be called. */
int grader_descriptor(void);
short grader_events(void);

/* Sends what could not be sent before. */
void send_waiting(void);

/* Takes in one request of the grader, whose text (REQUEST_MAX bytes at most) is then there: "" if
 * none has come. Returns false if the grader has closed its side or is dead. */
enum { REQUEST_MAX = 64 };
bool hear(char text[REQUEST_MAX]);

/* Sends so many TCP sockets of this process's network to the grader, or as many of them as there
 * are; or says why there is none. */
enum { SOCKETS_MAX = 64 };
void give_sockets(int number);

#endif
