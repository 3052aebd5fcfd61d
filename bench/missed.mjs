// Why a goal is missed and what would mend it. `part` is a piece of the goal's text; a line is printed only when that goal
// is missed in the run at hand.
export const reasons = [
  { id: 'P1', part: 'durable creation', text: 'A row carries 17 indexes where the bare one has 3, and with it a reporter, a party, an event with two protected values, '
    + 'the head of its chain, a key, a counter and a job for the words of the search. To be had: fewer orders of the ledger that need an index of their own, the '
    + "chain's hash and the encoding of the event outside of the writer, the columns of a statement's result looked up once and not at each call" },
  { id: 'P3', part: 'worst wait', text: 'At 256 connections groups of 128 wait for one another, each for a sync beside that of the log being moved; when the log starts over the writer is held for '
    + 'two syncs more' },
  { id: 'P3', part: 'p99', text: 'The disk syncs the database, into which the log is moved, beside the commits' },
  { id: 'P4', part: 'township', text: 'In the city of 100,000 no township has a whole page of one state (36 at most), in the larger one it has: the smaller side reads and draws fewer rows' },
  { id: 'P6', part: 'uploads of', text: 'An upload is acknowledged only when the sandboxed worker has decoded the photo once and encoded two sizes, so that no broken one passes as evidence; '
    + 'the ceiling decodes nothing. Besides, it is two requests and three commits (its row, its bytes, its end). To be had: an answer before decoding with a state of its own until it is' },
  { id: 'P7', part: 'photo', text: 'A JPEG of a phone goes row by row through libjpeg-turbo and an area filter of our own; what is left above it is the sandbox, the checks and the turning' },
  { id: 'P8', part: 'health route', text: 'The health route reads the database in a snapshot, guards the head, draws a seed from the kernel and writes a log line; the bare '
    + 'callback does none of it. To be had: the seed only for who writes, the deadline table without one mutex for all, fewer heads made anew for each answer' },
  { id: 'P9', part: 'memory 2 s after', text: 'Some 11 MiB are pages of the program and its libraries that starting has touched; the rest is catalogue, views and three SQLite connections with the schema of all tables. To be had: 2.6 MiB of ICU and the C++ library under it, which few requests need' },
  { id: 'P9', part: 'first good reply', text: 'Starting reads the catalogue, the views and the resources, proves two picture workers, and opens the database' },
  { id: 'P10', part: '', text: 'Two cores are saturated by one kind of load already; with three kinds at 16 clients each the waits add up' },
  { id: 'P11', part: 'creation on PostgreSQL', text: 'A transaction is some twenty statements, each a round trip, on a pool of eight connections, and the counter of numbers is one row a division: '
    + 'transactions of one division wait for one another until their commit. To be had: the statements of a create pipelined, and the number drawn last' },
];
