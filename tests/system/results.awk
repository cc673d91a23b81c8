# SPDX-License-Identifier: GPL-2.0-only
# Reads what guest.sh printed; prints a line for each test case and counts, and
# "@@ PASSED FAILED SKIPPED" at the end. What was announced and never came has
# failed.
#
# -v kernel=NAME -v runs="RUN RUN ..." (what was asked for) -v vm_status=N

function result(verdict, name) {
	printf "%s %s [%s]\n", verdict, name, kernel
	if (verdict == "not ok") {
		printf "%s", notes
		failed++
	}
	notes = ""
}

function label(run) {
	sub(/:none$|:both$/, "", run)
	return run
}

# A plan of a test program, or of KUnit's suites and of each suite.
function plan_open(level, count) {
	plan_close(level)
	planned[level] = count + 0
	seen[level] = 0
}

function plan_close(level,    i) {
	for (i = seen[level] + 1; i <= planned[level]; i++)
		result("not ok", label(current) " case " i ": no result")
	planned[level] = 0
	seen[level] = 0
}

# Number, dash and comment go; what is left is the name.
function name_of(line) {
	sub(/^ *(not )?ok [0-9]+ *(- )?/, "", line)
	sub(/ *#.*$/, "", line)
	return line
}

function take(line, level,    name) {
	name = name_of(line)
	seen[level]++
	if (line ~ /# SKIP/) {
		skipped++
		result("ok", label(current) " " suite name " # SKIP")
	} else if (line ~ /^ *ok/) {
		passed++
		result("ok", label(current) " " suite name)
	} else {
		bad++
		result("not ok", label(current) " " suite name)
	}
}

function row(line) {
	rows++
	if (line ~ /^ *ok/) {
		passed++
		result("ok", label(current) " " table name_of(line))
	} else {
		bad++
		result("not ok", label(current) " " table name_of(line))
	}
}

$1 == "@@" && $2 == "start" {
	current = $3
	started[current] = 1
	notes = suite = ""
	bad = 0
	planned[0] = planned[1] = seen[0] = seen[1] = rows = 0
	next
}

$1 == "@@" && $2 == "end" {
	plan_close(1)
	plan_close(0)
	if ($4 != 0 && !bad)
		result("not ok", label($3) " ended with status " $4)
	ended[$3] = 1
	current = suite = ""
	next
}

current == "" { next }

# KUnit: suites at 4 blanks, their cases too; rows of a case's table at 8.
current == "kunit" && /^    # Subtest: / {
	plan_close(1)
	suite = $3 "."
	next
}
current == "kunit" && /^    1\.\.[0-9]+/ { plan_open(1, substr($1, 4)); next }
current == "kunit" && /^        # Subtest: / { table = suite $3 ": "; next }
current == "kunit" && /^        (not )?ok [0-9]/ { row($0); next }
current == "kunit" && /^    (not )?ok [0-9]/ {
	# Its rows were counted.
	if (rows)
		seen[1]++
	else
		take($0, 1)
	rows = 0
	next
}
# A suite's own line: its cases were counted.
current == "kunit" && /^(not )?ok [0-9]/ { seen[0]++; suite = ""; next }

# One that comes last counts what was there already.
/^1\.\.[0-9]+/ {
	if (planned[0])
		plan_close(0)
	planned[0] = substr($1, 4) + 0
	next
}
current != "kunit" && /^(not )?ok [0-9]/ { take($0, 0); next }

# What a failing case has said: its last lines.
/^ *#/ || current == "kunit" { notes = substr(notes $0 "\n", length(notes) > 3000 ? 1500 : 1) }

END {
	n = split(runs, wanted, " ")
	for (i = 1; i <= n; i++) {
		run = wanted[i]
		if (run in ended)
			continue
		current = run
		if (run in started) {
			plan_close(1)
			plan_close(0)
		}
		notes = ""
		result("not ok", label(run) (run in started ? " did not end" : " did not run"))
	}
	printf "@@ %d %d %d\n", passed, failed, skipped
}
