#include "engine.h"

#include <vips/vips.h>
#include <vips/vector.h>

static GLogWriterOutput say_nothing(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
	(void)level, (void)fields, (void)n, (void)data;
	return G_LOG_WRITER_HANDLED;
}

const char engine_types[] = "jpeg png webp heic";

bool engine_init(const char *argv0)
{
	/* What a decoder prints may quote the stranger's file. */
	g_log_set_writer_func(say_nothing, NULL, NULL);
	if (VIPS_INIT(argv0))
		return false;
	vips_concurrency_set(1);
	vips_cache_set_max(0);
	/* Generated code would need memory that is writable and executable. */
	vips_vector_set_enabled(FALSE);
	vips_block_untrusted_set(TRUE);
	vips_operation_block_set("VipsForeignLoad", TRUE);
	vips_operation_block_set("VipsForeignLoadPngBuffer", FALSE);
	vips_operation_block_set("VipsForeignLoadWebpBuffer", FALSE);
	vips_operation_block_set("VipsForeignLoadHeifBuffer", FALSE);
	return true;
}

static VipsImage *keep(VipsImage *im, const char *name, GType type)
{
	return vips_image_get_typeof(im, name) == type ? im : NULL;
}

static void vips_exif(VipsImage *im, struct exif_facts *out)
{
	const void *p = NULL;
	size_t n = 0;

	if (keep(im, VIPS_META_EXIF_NAME, VIPS_TYPE_BLOB) && vips_image_get_blob(im, VIPS_META_EXIF_NAME, &p, &n) == 0)
		exif_read(p, n, out);
	else
		exif_read(NULL, 0, out);
}

/* The decoder's picture, not yet shrunk. Only the first frame; the file's own thumbnail is never used. */
static VipsImage *open_vips(enum img_type type, const struct bytes *in)
{
	void *p = in->p;
	VipsImage *im = NULL;

	if (type == IMG_PNG)
		(void)vips_pngload_buffer(p, in->n, &im, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
					  VIPS_FAIL_ON_WARNING, NULL);
	else if (type == IMG_WEBP)
		(void)vips_webpload_buffer(p, in->n, &im, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
					   VIPS_FAIL_ON_TRUNCATED, NULL);
	else
		(void)vips_heifload_buffer(p, in->n, &im, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
					   VIPS_FAIL_ON_TRUNCATED, "thumbnail", FALSE, NULL);
	return im;
}

static VipsImage *open_pixels(const struct jpeg_pixels *px)
{
	static const VipsInterpretation meaning[5] = { 0, VIPS_INTERPRETATION_B_W, 0, VIPS_INTERPRETATION_sRGB,
						       VIPS_INTERPRETATION_CMYK };
	VipsImage *raw = vips_image_new_from_memory(px->pixels.p, px->pixels.n, (int)px->width, (int)px->height,
						    (int)px->bands, VIPS_FORMAT_UCHAR);
	VipsImage *im = NULL;

	if (!raw)
		return NULL;
	(void)vips_copy(raw, &im, "interpretation", meaning[px->bands], NULL);
	g_object_unref(raw);
	if (im && px->profile.p)
		vips_image_set_blob_copy(im, VIPS_META_ICC_NAME, px->profile.p, px->profile.n);
	return im;
}

/* Takes over im. NULL stays NULL. */
static VipsImage *step(VipsImage *im, VipsImage *next)
{
	if (im)
		g_object_unref(im);
	return next;
}

static VipsImage *shrink(VipsImage *im, uint32_t side)
{
	VipsImage *out = NULL;

	(void)vips_thumbnail_image(im, &out, (int)side, "height", (int)side, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE,
				   "export_profile", "srgb", NULL);
	return out;
}

/* Three bands of 8-bit sRGB on white, in memory. */
static VipsImage *plain_rgb(VipsImage *im)
{
	VipsImage *t = NULL;

	if (im && vips_image_hasalpha(im)) {
		double full = im->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255;
		VipsArrayDouble *white = vips_array_double_newv(1, full);
		(void)vips_flatten(im, &t, "background", white, "max_alpha", full, NULL);
		vips_area_unref(VIPS_AREA(white));
		im = step(im, t);
	}
	t = NULL;
	if (im) {
		(void)vips_colourspace(im, &t, VIPS_INTERPRETATION_sRGB, NULL);
		im = step(im, t);
	}
	t = NULL;
	if (im) {
		(void)vips_cast(im, &t, VIPS_FORMAT_UCHAR, NULL);
		im = step(im, t);
	}
	return im ? step(im, vips_image_copy_memory(im)) : NULL;
}

/* Takes over im. */
static VipsImage *upright(VipsImage *im, unsigned orientation)
{
	VipsImage *out = NULL, *copy = NULL;

	if (orientation == 1 || !im)
		return im;
	if (vips_copy(im, &copy, NULL) == 0) {
		vips_image_set_int(copy, VIPS_META_ORIENTATION, (int)orientation);
		(void)vips_autorot(copy, &out, NULL);
		g_object_unref(copy);
	}
	im = step(im, out);
	return im ? step(im, vips_image_copy_memory(im)) : NULL;
}

static VipsImage *shrink_plain(VipsImage *im, uint32_t side)
{
	return plain_rgb(shrink(im, side));
}

static enum media_status write_size(VipsImage *im, int which, int fd, struct media_size *out)
{
	const void *rgb = vips_image_get_data(im);

	if (!rgb || im->Bands != 3)
		return MEDIA_BROKEN;
	out->width = (uint32_t)im->Xsize;
	out->height = (uint32_t)im->Ysize;
	return jpeg_write(fd, rgb, out->width, out->height, picture_quality[which], &out->length);
}

/* `first` is upright and of the first size; each further size is made from it. Takes it over. */
static enum media_status write_sizes(VipsImage *first, const uint32_t *side, const int *fds, struct media_reply *out)
{
	enum media_status s = write_size(first, 0, fds[0], &out->out[0]);

	for (int i = 1; i < MEDIA_OUTPUTS && s == MEDIA_OK; i++) {
		VipsImage *im = shrink_plain(first, side[i]);
		s = im ? write_size(im, i, fds[i], &out->out[i]) : MEDIA_BROKEN;
		if (im)
			g_object_unref(im);
	}
	g_object_unref(first);
	return s;
}

/* A profile that the colour engine does not take is dropped and the numbers are read as sRGB. */
static VipsImage *shrink_jpeg(const struct jpeg_pixels *px, uint32_t side)
{
	struct jpeg_pixels bare = *px;
	VipsImage *im = open_pixels(px);
	VipsImage *out = im ? shrink_plain(im, side) : NULL;

	step(im, NULL);
	if (out || !px->profile.p)
		return out;
	bare.profile = (struct bytes){ NULL, 0 };
	im = open_pixels(&bare);
	out = im ? shrink_plain(im, side) : NULL;
	step(im, NULL);
	return out;
}

static enum media_status from_jpeg(const struct bytes *in, uint32_t side, VipsImage **out, struct exif_facts *facts)
{
	struct jpeg_pixels px;
	enum media_status s = jpeg_decode(in, side, &px);

	if (s == MEDIA_OK) {
		*facts = px.exif;
		*out = shrink_jpeg(&px, side);
		if (!*out)
			s = MEDIA_BROKEN;
	}
	jpeg_pixels_free(&px);
	return s;
}

static VipsImage *shrink_vips(enum img_type type, const struct bytes *in, uint32_t side, bool with_profile)
{
	VipsImage *im = open_vips(type, in), *out = NULL, *bare = NULL;

	if (im && with_profile) {
		out = shrink_plain(im, side);
	} else if (im && vips_copy(im, &bare, NULL) == 0) {
		vips_image_remove(bare, VIPS_META_ICC_NAME);
		out = shrink_plain(bare, side);
		g_object_unref(bare);
	}
	step(im, NULL);
	return out;
}

static enum media_status from_vips(struct imghead *head, const struct bytes *in, uint32_t side, VipsImage **out,
				   struct exif_facts *facts)
{
	enum img_type type = head->type;
	VipsImage *im = open_vips(type, in);

	if (!im)
		return MEDIA_BROKEN;
	if (im->Xsize <= 0 || im->Ysize <= 0 || !imghead_fits((uint32_t)im->Xsize, (uint32_t)im->Ysize)) {
		g_object_unref(im);
		return MEDIA_TOO_LARGE;
	}
	head->width = (uint32_t)im->Xsize;
	head->height = (uint32_t)im->Ysize;
	vips_exif(im, facts);
	/* HEIC turns itself upright while it is decoded; its EXIF orientation is to be ignored. */
	if (type == IMG_HEIC)
		facts->orientation = 1;
	bool profile = keep(im, VIPS_META_ICC_NAME, VIPS_TYPE_BLOB) != NULL;
	g_object_unref(im);
	*out = shrink_vips(type, in, side, true);
	if (!*out && profile)
		*out = shrink_vips(type, in, side, false);
	return *out ? MEDIA_OK : MEDIA_BROKEN;
}

enum media_status engine_make(struct imghead *head, const struct bytes *in, const uint32_t *side, const int *fds,
			      struct media_reply *out)
{
	struct exif_facts facts;
	VipsImage *first = NULL;
	enum media_status s = head->type == IMG_JPEG ? from_jpeg(in, side[0], &first, &facts)
						     : from_vips(head, in, side[0], &first, &facts);

	if (s != MEDIA_OK)
		return s;
	first = upright(first, facts.orientation);
	if (!first)
		return MEDIA_BROKEN;
	bool turned = facts.orientation >= 5;
	out->width = turned ? head->height : head->width;
	out->height = turned ? head->width : head->height;
	out->orientation = facts.orientation;
	out->hint = facts.hint;
	return write_sizes(first, side, fds, out);
}

void engine_clear(void)
{
	vips_error_clear();
}

/* --- warm-up --- */

static bool warm(enum img_type type, void *p, size_t n)
{
	struct bytes in = { p, n };
	struct imghead head = { .type = type };
	VipsImage *im = NULL;
	struct exif_facts facts;
	bool ok = from_vips(&head, &in, 16, &im, &facts) == MEDIA_OK;

	step(im, NULL);
	g_free(p);
	return ok;
}

bool engine_warm_up(void)
{
	VipsImage *im = NULL;
	void *p = NULL;
	size_t n = 0;

	if (vips_black(&im, 32, 32, "bands", 3, NULL))
		return false;
	bool ok = vips_pngsave_buffer(im, &p, &n, "profile", "srgb", NULL) == 0 && warm(IMG_PNG, p, n);
	ok = ok && vips_webpsave_buffer(im, &p, &n, NULL) == 0 && warm(IMG_WEBP, p, n);
	g_object_unref(im);
	return ok && vips_type_find("VipsOperation", "heifload_buffer") != 0;
}
