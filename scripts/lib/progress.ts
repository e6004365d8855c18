/** One line a step, with its time; on a terminal the running step is shown while it runs. */
const tty = process.stdout.isTTY;

export async function step<T>(name: string, act: (say: (detail: string) => void) => Promise<T>): Promise<T> {
  const began = Date.now();
  const shown = (mark: string, detail = ''): string => `  ${mark} ${name}${detail ? ` · ${detail}` : ''}`;
  let last = '';
  if (tty) process.stdout.write(shown('·'));
  try {
    const result = await act((detail) => {
      last = detail;
      if (tty) process.stdout.write(`\r\u001B[2K${shown('·', detail)}`);
    });
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    process.stdout.write(`${tty ? '\r\u001B[2K' : ''}${shown('✓')} (${seconds} s)\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${tty ? '\r\u001B[2K' : ''}${shown('✗', last)}\n`);
    throw error;
  }
}
