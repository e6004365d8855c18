/** The same operation as a command line, for whoever wants to repeat it without the console. */
import { procedures } from '@basalt/contract';
import type { CreateInput } from './create-form.ts';

/** One word of a POSIX shell, whatever is in it. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** `vm.create` as curl. The password is a variable: what is shown on a screen or copied must not hold it. */
export function curlText(origin: string, input: CreateInput): string {
  const { region, requestToken: _token, password, ...body } = input;
  const { method, path } = procedures.vm.create.rest;
  const url = `${origin}/api/v1${path.replace('{region}', encodeURIComponent(region))}`;
  const json = JSON.stringify(password === undefined ? body : { ...body, password: '********' }, null, 2);
  return [
    `curl -X ${method} ${shellWord(url)}`,
    `  -H 'content-type: application/json'`,
    `  -H 'x-basalt-client: curl'`,
    `  -b cookies.txt`,
    `  -d ${shellWord(json)}`,
  ].join(' \\\n');
}
