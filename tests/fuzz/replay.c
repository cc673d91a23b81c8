// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzz target without a fuzzer: runs the files that it is given, and those in
 * directories. Any compiler will do, so "make check" runs all seeds with it.
 */
#include <ftw.h>

#include "fuzz.h"

static unsigned int inputs;

static int run_file(const char *path, const struct stat *st, int what, struct FTW *at)
{
	FILE *file;
	uint8_t *data;

	(void)at;
	if (what != FTW_F)
		return 0;
	/* Exactly as long as the input: nobody may read beyond. */
	data = zf_room(st->st_size);
	file = fopen(path, "rb");
	if (!file || fread(data, 1, st->st_size, file) != (size_t)st->st_size) {
		fprintf(stderr, "%s: can't be read\n", path);
		return 1;
	}
	fclose(file);
	/* A target that aborts has said which input it was. */
	fprintf(stderr, "# %s\n", path);
	LLVMFuzzerTestOneInput(data, st->st_size);
	zf_drop(data);
	inputs++;
	return 0;
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (nftw(argv[i], run_file, 8, FTW_PHYS)) {
			fprintf(stderr, "%s: not run\n", argv[i]);
			return 2;
		}
	printf("%u\n", inputs);
	return 0;
}
