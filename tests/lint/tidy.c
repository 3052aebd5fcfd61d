/* Planted for tools/lint.sh: what the analysers must find. */
int past_the_end(void);

int past_the_end(void)
{
	int few[3] = {1, 2, 3};
	int *nowhere = 0;
	return few[3] + *nowhere;
}
