#!/bin/sh
# Evaluates a submission in Moodle's Virtual Programming Lab. Among the activity's execution files
# are this one and the handout, concurrent-servers.tar.gz, which is to be kept when running; the
# students' files are mp_server.c and mt_server.c, and no others should be allowed. The execution
# server needs what README.md names; the activity 5 minutes, 1 GiB of memory and 1000 processes.
#
# VPL runs this, then vpl_execution, and reads what that prints: the last line that begins with
# "Grade :=>>", and, between two lines, comments, in which "-" begins a title and ">" text as it is.
# So no line may begin with a stranger's words: those of a report are indented, and get a ">".
set -eu

# shellcheck source=/dev/null # VPL writes it
. ./vpl_environment.sh
case ${VPL_SUBFILES:-} in
*concurrent-servers*)
	echo "A student's file has the name of the lab's archive: rename it."
	exit 1
	;;
esac
if [ -e concurrent-servers.tar.gz.b64 ]; then # as VPL sends what is no text
	base64 -d concurrent-servers.tar.gz.b64 >concurrent-servers.tar.gz
fi
folder=$(mktemp -d)
tar -xzf concurrent-servers.tar.gz -C "$folder"
mkdir "$folder/submission"
for file in mp_server.c mt_server.c; do
	[ ! -e "$file" ] || cp -P "$file" "$folder/submission"
done

cat >vpl_execution <<EOF
#!/bin/sh
folder=$folder least=${VPL_GRADEMIN:-0} most=${VPL_GRADEMAX:-100}
EOF
cat >>vpl_execution <<'EOF'
# A grading that gives no verdict is repeated, at most twice.
for try in 1 2 3; do
	status=0
	"$folder/concurrent-servers/checker.sh" --quick --require-contained \
		"$folder/submission" >"$folder/report" 2>"$folder/errors" || status=$?
	[ "$status" -eq 3 ] || break
done
echo
echo '<|--'
sed -e '/^ /s/^/>/' -e '/^[^>]/s/^/-/' "$folder/report"
sed -e 's/^/>/' "$folder/errors"
[ "$status" -le 1 ] || echo "-This is no grade: ask for another evaluation."
echo '--|>'
if [ "$status" -le 1 ]; then
	points=$(sed -n '$s/^Total: \([0-9]*\)\/100$/\1/p' "$folder/report")
	awk -v points="$points" -v least="$least" -v most="$most" 'BEGIN {
		printf "Grade :=>> %.2f\n", least + (most - least) * points / 100
	}'
fi
rm -rf "$folder"
EOF
chmod +x vpl_execution
