/* A ZIP file written as it is sent: each part's size and checksum follow it, the directory comes last. Up to 4 GiB. */
#ifndef ZIP_OUT_H
#define ZIP_OUT_H

#include "str.h"

struct zip_out;

/* Lives on `a`; end with zip_out_free, which may come twice. */
struct zip_out *zip_out_new(struct arena *a);
void zip_out_free(struct zip_out *z);
/* A part of this name, which must live as long; then its bytes piece by piece. Each appends to `out` what is ready. */
void zip_out_part(struct zip_out *z, struct sb *out, const char *name);
void zip_out_add(struct zip_out *z, struct sb *out, struct str bytes);
void zip_out_end_part(struct zip_out *z, struct sb *out);
void zip_out_end(struct zip_out *z, struct sb *out);
/* Bytes given to the part in hand; whether the file is past what a ZIP of this kind can hold. */
uint64_t zip_out_size(const struct zip_out *z);
bool zip_out_is_over(const struct zip_out *z);

#endif
