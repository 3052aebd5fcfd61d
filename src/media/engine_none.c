#include "engine.h"

const char engine_types[] = "jpeg";

bool engine_init(const char *argv0)
{
	(void)argv0;
	return true;
}

bool engine_warm_up(void)
{
	return true;
}

enum media_status engine_make(struct imghead *head, const struct bytes *in, const uint32_t *side, const int *fds,
			      struct media_reply *out)
{
	(void)head, (void)in, (void)side, (void)fds, (void)out;
	return MEDIA_WIDE;
}

void engine_clear(void)
{
}
