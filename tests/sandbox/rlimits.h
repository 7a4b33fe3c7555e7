/* rlimits.h - limits that the kernel enforces on each process by itself. */
#ifndef RLIMITS_H
#define RLIMITS_H

/* Sets the resource limits (setrlimit(2)) that stand in a list of settings, cpu=N and the like,
 * soft and hard, for the calling process and all that it starts. Ends the process if one of them
 * cannot be set. */
void set_limits(char *const *list);

/* When the memory of the machine runs out, the calling process, and what it starts, is the first
 * to be killed (proc(5), oom_score_adj). If it cannot be set, nothing happens: it is not a limit
 * of the box's own. Call it before the process changes its user: then the file belongs to
 * root. */
void die_first(void);

/* From here on the calling process runs as soon as it can, before all others, but not what it
 * starts (sched(7)). Only root can have that; otherwise nothing happens. */
void run_at_once(void);

/* Undoes that. */
void run_like_others(void);

#endif
