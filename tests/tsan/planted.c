/* The control of the race finder: two threads, one counter, no lock. It must be found. */
#include <pthread.h>
#include <stdio.h>

static long counter;

static void *count(void *p)
{
	for (int i = 0; i < 100000; i++)
		counter++;
	return p;
}

int main(void)
{
	pthread_t t;
	if (pthread_create(&t, NULL, count, NULL) != 0)
		return 2;
	count(NULL);
	pthread_join(t, NULL);
	printf("%ld\n", counter);
	return 0;
}
