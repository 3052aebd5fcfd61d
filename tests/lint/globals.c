/* Planted for tools/lint.sh: variables that outlive a call. */
int counter;

int next_number(void);

int next_number(void)
{
	static int inner = 1;
	return inner++ + counter++;
}
