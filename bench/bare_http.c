/* bare_http: libmicrohttpd as the program uses it (a thread a connection, poll, the same stack and memory), with a
 * callback that only answers 72 bytes of JSON. Prints its port; ends when its standard input does. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum MHD_Result answer(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data,
			      size_t *n, void **ctx)
{
	static const char body[] = "{\"status\":\"ok\",\"database\":\"ok\",\"version\":\"0.1.0\",\"uptime\":1234567890}\n";
	static int seen;
	(void)url, (void)method, (void)version, (void)data, (void)n;
	if (!*ctx) {
		*ctx = &seen;
		return MHD_YES;
	}
	(void)cls;
	struct MHD_Response *r = MHD_create_response_from_buffer(sizeof(body) - 1, (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(r, "Content-Type", "application/json");
	enum MHD_Result done = MHD_queue_response(c, 200, r);
	MHD_destroy_response(r);
	return done;
}

int main(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char byte;
	struct MHD_Daemon *d = MHD_start_daemon(
		MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC | MHD_USE_POLL, 0, NULL, NULL, answer, NULL,
		MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_CONNECTION_LIMIT, 528u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)48 * 1024,
		MHD_OPTION_THREAD_STACK_SIZE, (size_t)1024 * 1024, MHD_OPTION_END);
	if (!d)
		return 1;
	printf("%d\n", MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	MHD_stop_daemon(d);
	return 0;
}
