/* Safety-duty cards (ORG-7): what a post has to look after, who answers for it, and who has confirmed it. */
#ifndef EMPLOYER_CARD_H
#define EMPLOYER_CARD_H

#include "employer.h"

enum { CARD_TEXT_MAX = 1000, CARD_HOLDERS_MAX = 50 };

struct card {
	struct id id, place_id;
	struct str area, duties, hazards; /* hazards: what to watch */
	struct id owner_id;               /* who answers for the post; 0: nobody yet */
	struct str owner_name;
	int64_t edition;                  /* counts changes of the texts: each is to be confirmed anew */
	struct instant edition_at;
	int64_t holders, confirmed;
	int64_t version;
};
extern const struct shape card_row[], card_shape[];

/* Issues or changes the card of a post: area, duties, hazards, owner_id, version (0: it has none yet); sets id, edition and owner_name. A change of the
 * texts is a new edition. holders: who works there, all of them. ERR_INPUT: not a post, somebody of another employer; ERR_CONFLICT stale. */
const struct err *employer_card_save(struct db_tx *tx, struct env *e, struct id place, struct card *k, const struct id_list *holders);

struct card_holder {
	struct id person_id;
	struct str name;
	int64_t confirmed_edition; /* 0: none */
	struct instant confirmed_at;
};

struct card_input {
	struct str area, duties, hazards;
	struct id owner_id;
	struct id_list holder_ids;
	int64_t version; /* 0: the place has none yet */
};
struct card_confirm { int64_t edition; };
extern const struct shape card_input_shape[], card_confirm_shape[];
struct cards_query { struct str unit, sort, after, header; uint32_t state; int64_t limit; };
extern const struct shape cards_query_shape[], card_line_shape[];

const struct err *card_locate(struct db_tx *tx, struct call *c, struct target *t);
handler_fn card_get_list, card_get, card_get_print, card_get_form, card_post, card_form_again, card_post_confirm;
extern const struct doc_part card_list_doc[], card_doc[], card_form_doc[];
extern const struct perm card_see, card_write;

/* Boxes for the work desk (to be confirmed) and the employer's page. */
const struct err *card_home_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box);
const struct err *card_employer_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box);

#endif
