# Builds a server with a sanitizer: make -f sanitized.mk SANITIZER=FLAGS NAME.sanitized; the program
# is called NAME.
#
# It is preprocessed as any other server is, and then compiled from that text: so there is no macro
# by which a source could tell the two apart, and what FLAGS define comes after all its own #ifdef.
# Then it loses the names by which it could reach the sanitizer: functions that that calls if a
# program defines them, and functions to call.
include Makefile

OWN = main.c tcp.c fibonacci.c c11_threads.c tsan_options.c

%.i: %.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -pthread -E -o $@.all $<
	sed -E 's/__(tsan|sanitizer|ubsan)/own_\1/g' $@.all >$@

%.sanitized: %.i $(OWN)
	$(CC) -I$(GIVEN) $(SANITIZER) -pthread $(LDFLAGS) -o $* -x c $< $(OWN)
