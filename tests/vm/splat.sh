# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What counts as a splat in a kernel log. (A "WARNING:" further into a line is talk about processor flaws.)

splat_patterns=(
	'^\[[^]]*\] WARNING: ' 'BUG: ' 'BUG [^ ]+ \(.*\): '
	'INFO: task .* blocked for more than' 'INFO: rcu_.* detected .*stalls?'
	'rcu: INFO: .* detected .*stalls?' 'INFO: trying to register non-static key' 'INFO: lockdep is turned off'
	'KASAN: ' 'KCSAN: ' 'UBSAN: ' 'KFENCE: '
	'possible (circular|recursive|irq lock inversion)' 'inconsistent lock state' 'bad unlock balance' 'held lock freed'
	'still has locks held' 'suspicious RCU usage' 'ODEBUG: (activate|free|init|assert|deactivate|object)'
	'refcount_t: ' 'list_(add|del) corruption' 'ref_tracker: .*(leaked|released|has [0-9])'
	'unregister_netdevice: waiting for' 'kmemleak: [0-9]+ new suspected' 'unreferenced object 0x'
	'sysfs: cannot create duplicate' 'kobject_add_internal failed'
	'general protection fault[,:]' 'Oops: ' 'Unable to handle kernel' 'stack-protector: ' 'Kernel panic - not syncing'
)

# find_splat LOG: print LOG from the first splat on (bounded); fails when there is none
find_splat() {
	local expression first
	expression=$(IFS='|' && echo "${splat_patterns[*]}")
	first=$(grep -anE -m 1 -- "$expression" "$1" | cut -d : -f 1)
	[ -n "$first" ] || return 1
	tail -n "+$((first > 3 ? first - 3 : 1))" "$1" | head -n 200
}
