/*
 * What the server and the media worker say to each other.
 *
 * One SOCK_SEQPACKET pair, the worker's end on descriptor 3. Each message is one of these structs, byte for byte (the
 * two executables are built together; size and magic are checked). A request carries three descriptors by SCM_RIGHTS:
 * the picture or workbook, readable from offset 0, and two empty writable files for the results. The worker itself can open
 * nothing. One request at a time; end of file on the socket ends the worker.
 */
#ifndef MEDIA_PROTO_H
#define MEDIA_PROTO_H

#include <stdint.h>

/* The same program with libvips in it, for what is no JPEG in grey or three colours. Same messages, same walls. */
#define MEDIA_WIDE_SUFFIX "-wide"
#define MEDIA_FD 3
#define MEDIA_MAGIC 0x3144454du /* "MED1"; the digit is the version */
#define MEDIA_INPUT_MAX (64u << 20)
#define MEDIA_OUTPUTS 2
#define MEDIA_CPU_SECONDS 8 /* a picture or workbook may burn this much, then the worker is killed by SIGPROF */
#define MEDIA_PHOTO_OUT_MAX (8u << 20)   /* bytes of one output file, by kind */
#define MEDIA_SHEET_OUT_MAX (128u << 20)

enum media_kind {
	MEDIA_PHOTO = 1, /* one picture to MEDIA_OUTPUTS JPEG files */
	MEDIA_SHEET = 2, /* an XLSX workbook to rows in the first output; the second is the same file again and not written */
};

/*
 * Rows of a workbook: for each that holds something a struct media_row, and for each of its cells uint16_t bytes and that
 * many bytes of UTF-8. Last a media_row of zeros. Byte order of the machine: both ends are on it.
 */
struct media_row {
	uint32_t number; /* as the workbook counts, from 1, rising */
	uint32_t cells;  /* 1 to MEDIA_COLUMNS_MAX; the last one is not empty */
};
enum { MEDIA_ROWS_MAX = 200000, MEDIA_COLUMNS_MAX = 200, MEDIA_CELL_MAX = 4000 /* code points */, MEDIA_ROW_NUMBER_MAX = 1048576 };

enum media_sheet_limit {
	MEDIA_LIMIT_NONE = 0,
	MEDIA_LIMIT_ROWS,
	MEDIA_LIMIT_COLUMNS,
	MEDIA_LIMIT_CELL,
	MEDIA_LIMIT_TEXT,     /* MEDIA_SHEET_OUT_MAX */
	MEDIA_LIMIT_STRINGS,  /* shared ones */
	MEDIA_LIMIT_UNPACKED, /* parts, unpacked bytes, depth and the like: a bomb */
};

enum media_status {
	MEDIA_OK = 0,
	MEDIA_TYPE = 1,      /* none of JPEG, PNG, WebP, HEIC; or animated; no workbook */
	MEDIA_TRUNCATED = 2, /* ends before its own end */
	MEDIA_TOO_LARGE = 3, /* bytes, pixels or side beyond the limits */
	MEDIA_BROKEN = 4,    /* cannot be decoded */
	MEDIA_IO = 5,        /* an output could not be written (full disk) or the input not read */
	MEDIA_PROTOCOL = 6,  /* the request itself made no sense */
	MEDIA_LOCKED = 7,    /* a workbook with a password */
	MEDIA_WIDE = 8,      /* a picture for the worker with all decoders (MEDIA_WIDE_SUFFIX); nothing is written */
};

struct media_request {
	uint32_t magic;
	uint32_t kind;                /* enum media_kind */
	uint32_t side[MEDIA_OUTPUTS]; /* MEDIA_PHOTO: longest side of each result in pixels, largest first, 16 to 4096 */
	uint64_t length;              /* bytes of input, 1 to MEDIA_INPUT_MAX */
};

/*
 * What the camera wrote about time and place: hints for the person who reports, never evidence and never part of the
 * results. Local time as written; the offset is there only when the camera wrote one.
 */
struct media_hint {
	uint8_t has_taken, has_offset, has_place, pad;
	uint16_t year;
	uint8_t month, day, hour, minute, second, pad2;
	int16_t offset_min; /* minutes east of UTC */
	int32_t lat_e7;     /* WGS 84 degrees x 10^7, north positive */
	int32_t lon_e7;     /* east positive */
};

struct media_size {
	uint32_t width, height;
	uint64_t length; /* bytes */
};

struct media_reply {
	uint32_t magic;
	uint32_t status;      /* enum media_status; all below is 0 unless MEDIA_OK, except type */
	uint32_t type;        /* enum img_type as found in the bytes */
	uint32_t width;       /* of the input, after orientation */
	uint32_t height;
	uint32_t orientation; /* 1 to 8: the EXIF orientation that was applied */
	struct media_hint hint;
	struct media_size out[MEDIA_OUTPUTS]; /* MEDIA_SHEET: only out[0].length */
	uint32_t limit;       /* MEDIA_SHEET and MEDIA_TOO_LARGE: enum media_sheet_limit */
	uint32_t row;         /* where the workbook is wrong, 0: nowhere in particular */
};

#endif
