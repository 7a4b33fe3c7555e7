#!/bin/sh
# Grades for vmchecker-next, as checker/checker.sh of an assignment. Its job unpacks the students'
# archive into src/ beside the folder checker/; the lab is the handout, concurrent-servers, unpacked
# in checker/ or in the image (LAB says where).
#
# The Moodle block takes the first "Total: N" between the two markers, 0 if there is none, and shows
# the first 300 lines as feedback. If the job fails, it gives no grade: so this fails if there was
# no verdict, after three tries. What could be found in a submission's words instead is escaped in
# all that the lab's checker prints.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
lab=${LAB:-$here/concurrent-servers}
submission=$here/../src
if [ ! -e "$submission/mp_server.c" ] && [ ! -e "$submission/mt_server.c" ]; then
	submission=$submission/support # of who has handed in the whole lab
fi

report=$(mktemp)
trap 'rm -f "$report"' EXIT
for try in first second last; do
	echo "The $try try"
	status=0
	"$lab/checker.sh" --quick --require-contained "$submission" >"$report" || status=$?
	[ "$status" -eq 3 ] || break # inconclusive
done
echo '<VMCK_NEXT_BEGIN>'
cat "$report"
echo '<VMCK_NEXT_END>'
[ "$status" -le 1 ]
