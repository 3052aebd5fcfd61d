#include "picture.h"

#include "engine.h"
#include "straight.h"

#include <malloc.h>

/* Pictures are made large enough to read a label on a switchboard, small enough for a phone on a mobile network. */
const int picture_quality[MEDIA_OUTPUTS] = { 82, 78 };

bool picture_init(const char *argv0)
{
	/* One heap: each further one reserves 64 MiB of the address space that is limited here. */
	mallopt(M_ARENA_MAX, 1);
	return engine_init(argv0);
}

bool picture_warm_up(void)
{
	return engine_warm_up();
}

static enum media_status check(const struct bytes *in, struct imghead *head)
{
	switch (imghead_sniff(in->p, in->n, head)) {
	case IMG_MORE:
		return head->type == IMG_MORE ? MEDIA_TYPE : MEDIA_TRUNCATED;
	case IMG_OTHER:
		return MEDIA_TYPE;
	case IMG_BAD:
		return MEDIA_BROKEN;
	default:
		break;
	}
	if (!imghead_fits(head->width, head->height))
		return MEDIA_TOO_LARGE;
	if (!imghead_whole(head->type, in->p, in->n))
		return MEDIA_TRUNCATED;
	return head->animated ? MEDIA_TYPE : MEDIA_OK;
}

static enum media_status make(const struct bytes *in, const uint32_t *side, const int *fds, struct media_reply *out)
{
	struct imghead head;
	enum media_status s = check(in, &head);

	out->type = head.type == IMG_MORE ? IMG_OTHER : head.type;
	if (s != MEDIA_OK)
		return s;
	s = head.type == IMG_JPEG ? straight_make(in, side, fds, out) : MEDIA_WIDE;
	return s == MEDIA_WIDE ? engine_make(&head, in, side, fds, out) : s;
}

void picture_make(const struct bytes *in, const uint32_t side[MEDIA_OUTPUTS], const int fds[MEDIA_OUTPUTS],
		  struct media_reply *out)
{
	enum media_status s = make(in, side, fds, out);
	uint32_t type = out->type;

	if (s != MEDIA_OK)
		*out = (struct media_reply){ .type = type };
	out->magic = MEDIA_MAGIC;
	out->status = s;
	engine_clear();
	malloc_trim(0);
}
