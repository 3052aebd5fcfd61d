/* A gate: at most so many threads at a time inside something costly. */
#ifndef GATE_H
#define GATE_H

#include "err.h"

struct gate;

/* A gate with `places` places; it is taken down with the arena. */
struct gate *gate_new(struct arena *a, unsigned places);
/* Waits for a place, at most `wait_ms`; ERR_BUSY after that. A successful call is followed by gate_leave(). */
const struct err *gate_enter(struct gate *g, struct arena *a, int wait_ms);
void gate_leave(struct gate *g);

#endif
